"""Damage to a distributor's orders, deliveries, payments, records and answer key."""

from tests.models.damages import first_row

LABELLED = "(SELECT order_id FROM anomalies UNION SELECT entity_id FROM anomalies WHERE entity = 'orders')"
ORDINARY = f"order_id NOT IN {LABELLED}"

PEOPLE = [
    (*first_row("users", "phone = '01012345678'"), "users: mobile number has an Egyptian form"),
    (*first_row("users", "phone = '+201312345678'"), "users: mobile number has an Egyptian form"),
    (*first_row("users", "name_arabic = name"), "users: name_arabic is in Arabic script"),
    (*first_row("users", "last_login_at = hired_at"), "users: last_login_at is after hired_at"),
    ("users", "UPDATE users SET role = 'admin' WHERE id IN (3, 4)", "users: 5 % have the role admin"),
    ("users", "UPDATE users SET role = 'admin' WHERE id IN (2, 11)", "users: 15 % have the role manager"),
    ("users", "UPDATE users SET role = 'support' WHERE id IN (3, 5)", "users: 50 % have the role sales"),
    ("users", "UPDATE users SET role = 'support' WHERE id IN (3, 5)", "users: 30 % have the role support"),
    (*first_row("companies", "name_arabic = name"), "companies: name_arabic is in Arabic script"),
    (*first_row("companies", "area = 'Atlantis'"), "companies: area, governorate and delivery_region belong together"),
    (*first_row("companies", "governorate = 'Aswan'", "governorate = 'Giza'"), "companies: area, governorate and delivery_region belong together"),
    (*first_row("companies", "delivery_region = 'A'", "delivery_region = 'B'"), "companies: area, governorate and delivery_region belong together"),
    (*first_row("companies", "tax_number = '12345678'"), "companies: tax_number has nine digits"),
    (*first_row("companies", "tax_number = '12345678X'"), "companies: tax_number has nine digits"),
    (*first_row("companies", "account_manager_id = 1"), "companies: account_manager_id is a sales user"),
    (*first_row("branches", "phone = '+20 10 1234 5678'"), "branches: phone has an Egyptian form"),
    (*first_row("products", "price = cost"), "products: price is above cost"),
    (*first_row("products", "cost = 0"), "products: price is above cost"),
    (*first_row("products", "name_arabic = name"), "products: name_arabic is in Arabic script"),
    (*first_row("companies", "since = '2024-04-01'"), "companies: since and left_on lie in the period or before it, one after the other"),
    (*first_row("companies", "left_on = since"), "companies: since and left_on lie in the period or before it, one after the other"),
    (*first_row("companies", "left_on = '2024-04-01'"), "companies: since and left_on lie in the period or before it, one after the other"),
    *(
        (*damage, "price_changes: valid from a day of the period, each price some per cent above the one before")
        for damage in (
            first_row("price_changes", "price = price / 2"),
            first_row("price_changes", "price = price * 2"),
            first_row("price_changes", "valid_from = '2024-01-01'"),
            first_row("price_changes", "valid_from = '2024-04-01'"),
            ("products", "UPDATE products SET price = price * 3", ),
        )
    ),
]  # fmt: skip

ORDERS = [
    (*first_row("orders", "company_id = company_id % 100 + 1", "branch_id IS NOT NULL"), "orders: branch_id is one of the company's"),
    (*first_row("orders", "branch_id = 1", "company_id <> (SELECT company_id FROM branches WHERE id = 1)"), "orders: branch_id is one of the company's"),
    (*first_row("orders", "created_by = 1"), "orders: created_by is a sales user"),
    ("users", "UPDATE users SET role = 'support' WHERE role = 'sales'", "orders: created_by is a sales user"),
    (*first_row("orders", "vat = vat + 0.01, total = total + 0.01"), "orders: vat is 14 % of subtotal less discount, rounded"),
    (*first_row("orders", "vat = round(subtotal * 0.14, 2)", "discount > 0"), "orders: vat is 14 % of subtotal less discount, rounded"),
    (*first_row("orders", "total = total - 0.01"), "orders: total = subtotal - discount + vat"),
    (*first_row("orders", "discount = -1"), "orders: discount is not above subtotal"),
    (*first_row("orders", "discount = subtotal + 0.01"), "orders: discount is not above subtotal"),
    ("order_items", "DELETE FROM order_items WHERE order_id = (SELECT min(id) FROM orders)", "orders: subtotal is the sum of order_items.line_total"),
    (*first_row("order_items", "line_total = line_total + 0.01"), "orders: subtotal is the sum of order_items.line_total"),
    (*first_row("orders", "scheduled_delivery = scheduled_delivery + 1"), "orders: scheduled_delivery is a delivery day of the region, after the order"),
    (*first_row("orders", "scheduled_delivery = scheduled_delivery - 14"), "orders: scheduled_delivery is a delivery day of the region, after the order"),
    ("companies", "UPDATE companies SET delivery_region = 'A'", "orders: scheduled_delivery is a delivery day of the region, after the order"),
    ("companies", "UPDATE companies SET delivery_region = 'B'", "orders: scheduled_delivery is a delivery day of the region, after the order"),
    (*first_row("orders", "delivered_at = NULL", "status = 'delivered'"), "orders: delivered_at is set if it is delivered, and later than ordered_at"),
    (*first_row("orders", "delivered_at = ordered_at + INTERVAL 1 DAY", "status = 'cancelled'"), "orders: delivered_at is set if it is delivered, and later than ordered_at"),
    (*first_row("orders", "delivered_at = ordered_at", "status = 'delivered'"), "orders: delivered_at is set if it is delivered, and later than ordered_at"),
    (*first_row("orders", "delivered_at = '2024-04-01 00:00:00Z'", "status = 'delivered'"), "orders: delivered_at is set if it is delivered, and later than ordered_at"),
    (*first_row("orders", "cancel_reason = NULL", "status = 'cancelled'"), "orders: cancel_reason is set if it is cancelled"),
    (*first_row("orders", "cancel_reason = 'Ordered twice'", "status = 'delivered'"), "orders: cancel_reason is set if it is cancelled"),
    (*first_row("orders", "status_history = '[]'"), "orders: status_history is in order, from ordered_at to the current status"),
    (*first_row("orders", "status = 'failed'", "status = 'delivered'"), "orders: status_history is in order, from ordered_at to the current status"),
    (*first_row("orders", "ordered_at = ordered_at + INTERVAL 1 SECOND"), "orders: status_history is in order, from ordered_at to the current status"),
    (*first_row("orders", "status_history = replace(status_history, 'pending', 'confirmed')"), "orders: status_history is in order, from ordered_at to the current status"),
    (*first_row("orders", "status_history = replace(status_history, status_history ->> '$[2].at', '2024-01-01T00:00:00Z')", "status = 'delivered'"), "orders: status_history is in order, from ordered_at to the current status"),
    (*first_row("orders", "status_history = replace(status_history, status_history ->> '$[2].at', status_history ->> '$[1].at')", "status = 'delivered'"), "orders: status_history is in order, from ordered_at to the current status"),
    (*first_row("order_items", "line_number = 99"), "order_items: line_number is 1, 2, 3 … within each order_id"),
    (*first_row("order_items", "line_number = 1", "line_number = 2"), "order_items: line_number is 1, 2, 3 … within each order_id"),
    (*first_row("order_items", "line_total = line_total + 0.01"), "order_items: line_total = quantity * unit_price - discount"),
    (*first_row("order_items", "discount = discount + 1"), "order_items: line_total = quantity * unit_price - discount"),
    *(
        (*damage, "order_items: unit_price is on the price list of the day or of some days before, or a special price up to 15 % below it, except for anomalies")
        for damage in (
            first_row("order_items", "unit_price = unit_price * 1.2 + 1", ORDINARY),
            first_row("order_items", "unit_price = unit_price * 0.7", ORDINARY),
            ("products", "UPDATE products SET price = price * 1.5"),
            ("price_changes", "UPDATE price_changes SET price = price * 1.5"),
            ("anomalies", "DELETE FROM anomalies WHERE kind = 'price_error'"),
        )
    ),
    *(
        (*damage, "order_items: quantity is 1 to 24 units, of a machine or spare part 3, or three to eight times as much, except for anomalies")
        for damage in (
            first_row("order_items", "quantity = 193", ORDINARY),
            first_row("order_items", "quantity = 0", ORDINARY),
            ("products", "UPDATE products SET category = 'machine' WHERE category = 'coffee'"),
        )
    ),
    ("companies", "UPDATE companies SET since = '2024-02-01'", "orders: placed while the company is a customer"),
    ("companies", "UPDATE companies SET left_on = '2024-02-01'", "orders: placed while the company is a customer"),
    (*first_row("orders", "cancel_reason = 'Duplicate order'", "cancel_reason <> 'Duplicate order'"), "orders: cancelled as a duplicate only if it is one"),
    ("anomalies", "DELETE FROM anomalies WHERE kind = 'duplicate_order'", "orders: cancelled as a duplicate only if it is one"),
    (*first_row("discounts", "amount = amount + 0.01", "level = 'order'"), "discounts: amount is the same as in the order or the item"),
    (*first_row("discounts", "amount = amount + 0.01", "level = 'item'"), "discounts: amount is the same as in the order or the item"),
    (*first_row("discounts", "level = 'item'", "level = 'order'"), "discounts: amount is the same as in the order or the item"),
    (*first_row("discounts", "level = 'order'", "level = 'item'"), "discounts: amount is the same as in the order or the item"),
    (*first_row("discounts", "order_item_id = NULL", "level = 'item'"), "discounts: amount is the same as in the order or the item"),
    (*first_row("discounts", "order_item_id = (SELECT min(id) FROM order_items WHERE order_items.order_id = discounts.order_id)", "level = 'order'"), "discounts: amount is the same as in the order or the item"),
    (*first_row("discounts", "order_id = (SELECT max(id) FROM orders)", "level = 'item'"), "discounts: amount is the same as in the order or the item"),
    (*first_row("orders", "discount = discount + 0.01", "id IN (SELECT order_id FROM discounts WHERE level = 'order')"), "discounts: amount is the same as in the order or the item"),
    (*first_row("order_items", "discount = discount + 0.01", "id IN (SELECT order_item_id FROM discounts)"), "discounts: amount is the same as in the order or the item"),
    ("order_items", "DELETE FROM order_items WHERE id = (SELECT min(order_item_id) FROM discounts)", "discounts: amount is the same as in the order or the item"),
    (*first_row("discounts", "approved_by = 3"), "discounts: approved_by is a manager or an admin"),
    ("users", "UPDATE users SET role = 'support' WHERE role IN ('manager', 'admin')", "discounts: approved_by is a manager or an admin"),
]  # fmt: skip

DELIVERIES = [
    (*first_row("shipments", "attempt = 1", "attempt = 2"), "shipments: attempt is 1 or more, each once within each order_id"),
    *(
        (*damage, "shipments: attempts are 1, 2, 3, all but the last failed, and the last agrees with the order's status")
        for damage in (
            first_row("shipments", "attempt = 2", "outcome = 'delivered' AND attempt = 1"),
            ("shipments", "INSERT INTO shipments SELECT * REPLACE (4 AS attempt) FROM shipments WHERE attempt = 3"),
            ("shipments", "DELETE FROM shipments WHERE order_id = (SELECT min(id) FROM orders WHERE status = 'delivered')"),
            ("shipments", "DELETE FROM shipments WHERE order_id = (SELECT min(id) FROM orders WHERE status = 'failed')"),
            first_row("shipments", "outcome = 'failed'", "outcome = 'delivered'"),
            first_row("shipments", "outcome = 'refused'", "outcome = 'delivered'"),
            first_row("shipments", "outcome = 'on_the_way'", "outcome = 'delivered'"),
            first_row("shipments", "outcome = 'delivered'", "outcome = 'refused'"),
            first_row("shipments", "outcome = 'delivered'", "outcome = 'failed' AND attempt = 1"),
            first_row("orders", "status = 'failed'", "status = 'delivered'"),
            first_row("orders", "status = 'delivered'", "status = 'failed'"),
            first_row("orders", "status = 'out_for_delivery'", "id NOT IN (SELECT order_id FROM shipments)"),
            first_row("orders", "status = 'confirmed'", "id IN (SELECT order_id FROM shipments)"),
        )
    ),
    (*first_row("shipments", "delivered_at = delivered_at + INTERVAL 1 SECOND", "outcome = 'delivered'"), "shipments: delivered_at is the order's if it was delivered"),
    (*first_row("shipments", "delivered_at = NULL", "outcome = 'delivered'"), "shipments: delivered_at is the order's if it was delivered"),
    (*first_row("shipments", "delivered_at = dispatched_at + INTERVAL 1 HOUR", "outcome = 'failed'"), "shipments: delivered_at is the order's if it was delivered"),
    (*first_row("orders", "delivered_at = delivered_at + INTERVAL 1 SECOND", "status = 'delivered'"), "shipments: delivered_at is the order's if it was delivered"),
    (*first_row("shipments", "dispatched_at = dispatched_at + INTERVAL 1 DAY"), "shipments: dispatched on a delivery day of the region, after the order and before the delivery"),
    (*first_row("shipments", "dispatched_at = dispatched_at - INTERVAL 35 DAY"), "shipments: dispatched on a delivery day of the region, after the order and before the delivery"),
    (*first_row("shipments", "delivered_at = dispatched_at", "outcome = 'delivered'"), "shipments: dispatched on a delivery day of the region, after the order and before the delivery"),
    (*first_row("orders", "ordered_at = ordered_at + INTERVAL 35 DAY", "status = 'delivered'"), "shipments: dispatched on a delivery day of the region, after the order and before the delivery"),
    ("companies", "UPDATE companies SET delivery_region = 'A'", "shipments: dispatched on a delivery day of the region, after the order and before the delivery"),
    *(
        (*damage, "shipments: first dispatched at most 8 days after scheduled_delivery, except for anomalies")
        for damage in (
            first_row("shipments", "dispatched_at = dispatched_at + INTERVAL 14 DAY", f"attempt = 1 AND {ORDINARY}"),
            first_row("orders", "scheduled_delivery = scheduled_delivery - 14", f"id IN (SELECT order_id FROM shipments WHERE {ORDINARY})"),
            ("anomalies", "DELETE FROM anomalies WHERE kind = 'delivery_delay'"),
        )
    ),
    (*first_row("shipments", "failure_reason = NULL", "outcome = 'failed'"), "shipments: failure_reason is set if it failed"),
    (*first_row("shipments", "failure_reason = 'Closed'", "outcome = 'delivered'"), "shipments: failure_reason is set if it failed"),
]  # fmt: skip

MONEY = [
    (*first_row("payments", "amount = amount + 0.01"), "payments: the amounts add up to the total if the order is delivered, and to nothing otherwise"),
    (*first_row("payments", "amount = amount - 0.01"), "payments: the amounts add up to the total if the order is delivered, and to nothing otherwise"),
    ("payments", "DELETE FROM payments WHERE order_id = (SELECT min(order_id) FROM payments)", "payments: the amounts add up to the total if the order is delivered, and to nothing otherwise"),
    ("payments", "INSERT INTO payments FROM payments LIMIT 1", "payments: the amounts add up to the total if the order is delivered, and to nothing otherwise"),
    (*first_row("payments", "order_id = (SELECT min(id) FROM orders WHERE status = 'cancelled')"), "payments: the amounts add up to the total if the order is delivered, and to nothing otherwise"),
    (*first_row("orders", "total = total + 0.01", "status = 'delivered'"), "payments: the amounts add up to the total if the order is delivered, and to nothing otherwise"),
    (*first_row("orders", "status = 'cancelled'", "status = 'delivered'"), "payments: the amounts add up to the total if the order is delivered, and to nothing otherwise"),
    (*first_row("orders", "status = 'delivered'", "status = 'cancelled'"), "payments: the amounts add up to the total if the order is delivered, and to nothing otherwise"),
    (*first_row("payments", "paid_at = (SELECT delivered_at FROM orders WHERE id = order_id)", "status = 'paid'"), "payments: paid and due after the delivery"),
    (*first_row("payments", "due_at = (SELECT delivered_at FROM orders WHERE id = order_id)"), "payments: paid and due after the delivery"),
    (*first_row("orders", "delivered_at = delivered_at + INTERVAL 1 YEAR", "status = 'delivered'"), "payments: paid and due after the delivery"),
    (*first_row("payments", "due_at = due_at + INTERVAL 1 DAY"), "payments: due according to the company's terms, a second instalment a month later"),
    (*first_row("payments", "status = 'pending'", "status = 'paid'"), "payments: status agrees with paid_at and due_at: overdue from the first working day after"),
    (*first_row("payments", "status = 'overdue'", "status = 'pending'"), "payments: status agrees with paid_at and due_at: overdue from the first working day after"),
    (*first_row("payments", "status = 'pending'", "status = 'overdue'"), "payments: status agrees with paid_at and due_at: overdue from the first working day after"),
    (*first_row("payments", "paid_at = NULL", "status = 'paid'"), "payments: status agrees with paid_at and due_at: overdue from the first working day after"),
    (*first_row("payments", "paid_at = due_at", "status = 'pending'"), "payments: status agrees with paid_at and due_at: overdue from the first working day after"),
    (*first_row("payments", "due_at = '2024-02-01 00:00:00Z'", "status = 'pending'"), "payments: status agrees with paid_at and due_at: overdue from the first working day after"),
    (*first_row("payments", "paid_at = due_at + INTERVAL 96 DAY", f"status = 'paid' AND {ORDINARY}"), "payments: paid at most 95 days late, except for anomalies"),
    (*first_row("payments", "paid_at = NULL, due_at = due_at - INTERVAL 1 YEAR", ORDINARY), "payments: paid at most 95 days late, except for anomalies"),
    ("payments", f"UPDATE payments SET bulk_batch_id = 'BULK-000001-202401' WHERE {ORDINARY}", "payments: only companies that pay monthly have batches, except for anomalies"),
    ("companies", "UPDATE companies SET payment_terms = 'net_30'", "payments: only companies that pay monthly have batches, except for anomalies"),
    ("anomalies", "DELETE FROM anomalies WHERE kind = 'bulk_payment'", "payments: only companies that pay monthly have batches, except for anomalies"),
    (*first_row("payments", "paid_at = '2024-02-02 10:00:00Z'", "method = 'cheque' AND status = 'paid'"), "payments: transfers and cheques are paid from Sunday to Thursday"),
    (*first_row("payments", "paid_at = '2024-02-03 10:00:00Z'", "method = 'bank_transfer' AND status = 'paid'"), "payments: transfers and cheques are paid from Sunday to Thursday"),
    (*first_row("refunds", "requested_at = '2024-02-02 10:00:00Z'"), "refunds: requested and decided on working days"),
    (*first_row("refunds", "decided_at = '2024-03-29 10:00:00Z'", "decided_at IS NOT NULL"), "refunds: requested and decided on working days"),
    (*first_row("refunds", "reason = 'Charged twice'", "reason <> 'Charged twice'"), "refunds: charged twice only if the order is a duplicate"),
    (*first_row("refunds", "amount = 9999999"), "refunds: amount is at most the payment's"),
    (*first_row("refunds", "amount = 0"), "refunds: amount is at most the payment's"),
    ("payments", "UPDATE payments SET amount = 0.01", "refunds: amount is at most the payment's"),
    (*first_row("refunds", "payment_id = (SELECT max(id) FROM payments)"), "refunds: payment_id is one of the order's"),
    (*first_row("refunds", "order_id = (SELECT max(id) FROM orders)"), "refunds: payment_id is one of the order's"),
    (*first_row("refunds", "requested_at = (SELECT paid_at FROM payments WHERE id = payment_id)"), "refunds: requested after the payment, decided later"),
    (*first_row("refunds", "decided_at = requested_at", "status = 'paid_out'"), "refunds: requested after the payment, decided later"),
    ("payments", "UPDATE payments SET paid_at = NULL", "refunds: requested after the payment, decided later"),
    (*first_row("refunds", "decided_at = NULL", "status = 'paid_out'"), "refunds: a decision has a date and a user, a rejection a reason"),
    (*first_row("refunds", "decided_by = NULL", "status = 'rejected'"), "refunds: a decision has a date and a user, a rejection a reason"),
    (*first_row("refunds", "rejection_reason = NULL", "status = 'rejected'"), "refunds: a decision has a date and a user, a rejection a reason"),
    (*first_row("refunds", "rejection_reason = 'Too late'", "status = 'paid_out'"), "refunds: a decision has a date and a user, a rejection a reason"),
    (*first_row("refunds", "status = 'requested', decided_by = NULL", "status = 'paid_out'"), "refunds: a decision has a date and a user, a rejection a reason"),
    (*first_row("refunds", "status = 'requested', decided_at = NULL", "status = 'paid_out'"), "refunds: a decision has a date and a user, a rejection a reason"),
    (*first_row("refunds", "decided_by = 3", "decided_by IS NOT NULL"), "refunds: decided_by is a manager or an admin"),
    ("users", "UPDATE users SET role = 'sales' WHERE role IN ('manager', 'admin')", "refunds: decided_by is a manager or an admin"),
]  # fmt: skip


def log(entity: str) -> list[tuple[str, str, str]]:
    """What is done to the log of a table's first row."""
    first = f"entity = '{entity}' AND entity_id = (SELECT min(id) FROM {entity})"
    creation = f"audit_logs: each of the {entity} has one creation, at the right time"
    status = f"audit_logs: the last change of each of the {entity} gives its status, and each change starts where the previous one ended"
    return [
        ("audit_logs", f"DELETE FROM audit_logs WHERE {first} AND action = 'create'", creation),
        ("audit_logs", f"""UPDATE audit_logs SET "at" = "at" + INTERVAL 1 SECOND WHERE {first} AND action = 'create'""", creation),
        ("audit_logs", f"UPDATE audit_logs SET action = 'create' WHERE {first}", creation),
        ("audit_logs", f"UPDATE audit_logs SET action = 'update' WHERE {first}", creation),
        ("audit_logs", f"UPDATE audit_logs SET entity_id = entity_id + 1000000 WHERE {first}", creation),
        ("audit_logs", f"DELETE FROM audit_logs WHERE {first}", status),
        ("audit_logs", f"DELETE FROM audit_logs WHERE {first} AND action = 'create'", status),
        ("audit_logs", f"""DELETE FROM audit_logs WHERE {first} AND "at" = (SELECT max("at") FROM audit_logs WHERE {first})""", status),
        ("audit_logs", f"""UPDATE audit_logs SET "at" = "at" + INTERVAL 1 YEAR WHERE {first} AND action = 'create'""", status),
        ("audit_logs", f"INSERT INTO audit_logs SELECT * REPLACE (entity_id + 1000000 AS entity_id) FROM audit_logs WHERE {first}", status),
        (*first_row(entity, "status = 'lost'"), status),
    ]  # fmt: skip


LOG = [
    *log("orders"),
    *log("payments"),
    *log("refunds"),
    ("audit_logs", """DELETE FROM audit_logs WHERE changes ->> '$.status[1]' = 'confirmed'""", "audit_logs: the last change of each of the orders gives its status, and each change starts where the previous one ended"),
    (*first_row("orders", "ordered_at = ordered_at + INTERVAL 1 SECOND"), "audit_logs: each of the orders has one creation, at the right time"),
    (*first_row("orders", "delivered_at = delivered_at + INTERVAL 1 SECOND", "status = 'delivered'"), "audit_logs: each of the payments has one creation, at the right time"),
    (*first_row("refunds", "requested_at = requested_at + INTERVAL 1 SECOND"), "audit_logs: each of the refunds has one creation, at the right time"),
    (*first_row("audit_logs", "user_id = 2", "entity = 'orders'"), "audit_logs: made by a user with a suitable role"),
    (*first_row("audit_logs", "user_id = 3", "entity = 'payments'"), "audit_logs: made by a user with a suitable role"),
    (*first_row("audit_logs", "user_id = 3", "entity = 'refunds'"), "audit_logs: made by a user with a suitable role"),
    ("users", "UPDATE users SET role = 'admin' WHERE role = 'sales'", "audit_logs: made by a user with a suitable role"),
]  # fmt: skip

STOCK_AND_VISITS = [
    (*first_row("stock_movements", "balance = -1"), "stock_movements: balance is not negative"),
    (*first_row("stock_movements", "balance = balance + 1"), "stock_movements: balance is the sum of the product's movements so far"),
    (*first_row("stock_movements", "quantity = quantity + 1"), "stock_movements: balance is the sum of the product's movements so far"),
    (*first_row("stock_movements", "quantity = -quantity", "kind = 'restock'"), "stock_movements: balance is the sum of the product's movements so far"),
    (*first_row("stock_movements", "product_id = product_id % 200 + 1", "kind = 'fulfilment'"), "stock_movements: balance is the sum of the product's movements so far"),
    ("stock_movements", "UPDATE stock_movements SET moved_at = moved_at + INTERVAL 1 YEAR WHERE reason = 'opening stock'", "stock_movements: balance is the sum of the product's movements so far"),
    ("stock_movements", "DELETE FROM stock_movements WHERE reason = 'opening stock'", "stock_movements: balance is the sum of the product's movements so far"),
    (*first_row("stock_movements", "quantity = quantity - 1", "kind = 'fulfilment'"), "stock_movements: the quantity shipped is the item's if the order has left, at that moment, and nothing otherwise"),
    (*first_row("stock_movements", "order_item_id = NULL", "kind = 'fulfilment'"), "stock_movements: the quantity shipped is the item's if the order has left, at that moment, and nothing otherwise"),
    (*first_row("stock_movements", "kind = 'adjustment'", "kind = 'fulfilment'"), "stock_movements: the quantity shipped is the item's if the order has left, at that moment, and nothing otherwise"),
    ("stock_movements", "INSERT INTO stock_movements FROM stock_movements WHERE kind = 'fulfilment' LIMIT 1", "stock_movements: the quantity shipped is the item's if the order has left, at that moment, and nothing otherwise"),
    (*first_row("order_items", "quantity = quantity + 1"), "stock_movements: the quantity shipped is the item's if the order has left, at that moment, and nothing otherwise"),
    (*first_row("stock_movements", "moved_at = moved_at - INTERVAL 1 DAY", "kind = 'fulfilment'"), "stock_movements: the quantity shipped is the item's if the order has left, at that moment, and nothing otherwise"),
    ("shipments", "DELETE FROM shipments WHERE outcome = 'refused'", "stock_movements: the quantity shipped is the item's if the order has left, at that moment, and nothing otherwise"),
    (*first_row("maintenance_visits", "follow_up_of = id", "follow_up_of IS NOT NULL"), "maintenance_visits: follow_up_of is an earlier visit to the same company"),
    (*first_row("maintenance_visits", "follow_up_of = 1000000"), "maintenance_visits: follow_up_of is an earlier visit to the same company"),
    (*first_row("maintenance_visits", "company_id = company_id % 100 + 1", "follow_up_of IS NOT NULL"), "maintenance_visits: follow_up_of is an earlier visit to the same company"),
    (*first_row("maintenance_visits", "visited_at = visited_at - INTERVAL 28 DAY", "follow_up_of IS NOT NULL"), "maintenance_visits: follow_up_of is an earlier visit to the same company"),
    *(
        (*damage, "maintenance_visits: an installation follows the delivery of the machine to the company")
        for damage in (
            first_row("maintenance_visits", "kind = 'repair'", "kind = 'installation'"),
            first_row("maintenance_visits", "order_id = NULL", "kind = 'installation'"),
            first_row("maintenance_visits", "order_id = 1", "kind = 'repair'"),
            first_row("maintenance_visits", "company_id = company_id % 90 + 1", "kind = 'installation'"),
            first_row("maintenance_visits", "visited_at = '2024-01-01 10:00:00Z'", "kind = 'installation'"),
            ("order_items", "DELETE FROM order_items WHERE product_id IN (SELECT id FROM products WHERE category = 'machine')"),
        )
    ),
    (*first_row("maintenance_visits", "machine_id = (SELECT min(id) FROM products WHERE category <> 'machine')"), "maintenance_visits: machine_id is a machine"),
    ("products", "UPDATE products SET category = 'coffee'", "maintenance_visits: machine_id is a machine"),
    (*first_row("maintenance_visits", "technician_id = 1"), "maintenance_visits: technician_id is a support user"),
    ("users", "UPDATE users SET role = 'sales' WHERE role = 'support'", "maintenance_visits: technician_id is a support user"),
    (*first_row("maintenance_visits", "visited_at = '2024-02-02 10:00:00Z'"), "maintenance_visits: never on a Friday"),
    (*first_row("maintenance_visits", "cost = cost + 0.01"), "maintenance_visits: cost is the sum of parts and services"),
    (*first_row("maintenance_visits", "spare_parts = '[]'", "spare_parts <> '[]'"), "maintenance_visits: cost is the sum of parts and services"),
    (*first_row("maintenance_visits", "services = '[]'"), "maintenance_visits: cost is the sum of parts and services"),
    (*first_row("maintenance_visits", "services = '[]', spare_parts = '[]'"), "maintenance_visits: cost is the sum of parts and services"),
]  # fmt: skip

# What makes good the rows that anomalies of a kind point at.
UNDONE = {
    "late_payment": [("payments", "UPDATE payments SET paid_at = due_at")],
    "missed_payment": [("payments", "UPDATE payments SET paid_at = due_at"), ("payments", "UPDATE payments SET status = 'pending'")],
    "bulk_payment": [("payments", "UPDATE payments SET bulk_batch_id = NULL")],
    "delivery_delay": [
        ("shipments", "UPDATE shipments SET dispatched_at = dispatched_at - INTERVAL 28 DAY"),
        ("shipments", "UPDATE shipments SET outcome = 'failed'"),
        ("orders", "UPDATE orders SET scheduled_delivery = scheduled_delivery + 28"),
    ],
    "failed_delivery": [
        ("shipments", "UPDATE shipments SET attempt = 2 WHERE attempt = 3"),
        ("orders", "UPDATE orders SET status = 'out_for_delivery' WHERE status = 'failed'"),
    ],
    "cancellation": [("orders", "UPDATE orders SET status = 'delivered' WHERE status = 'cancelled'")],
    "quantity_spike": [("order_items", "UPDATE order_items SET quantity = 2")],
    "price_error": [
        (
            "order_items",
            """UPDATE order_items SET unit_price = (SELECT arg_max(lists.price, valid_from) FROM orders, (SELECT product_id, price, valid_from FROM price_changes
                UNION ALL SELECT id, price, DATE '2000-01-01' FROM products) AS lists
            WHERE orders.id = order_items.order_id AND lists.product_id = order_items.product_id AND valid_from <= (ordered_at AT TIME ZONE 'UTC')::DATE)""",
        )
    ],
    "duplicate_order": [
        ("orders", "UPDATE orders SET company_id = 1 + id % 100"),
        ("orders", "UPDATE orders SET ordered_at = ordered_at + id * INTERVAL 1 HOUR"),
        ("orders", "DELETE FROM orders WHERE id IN (SELECT order_id FROM anomalies WHERE kind = 'duplicate_order')"),
    ],
}

ANSWER_KEY = [
    ("anomalies", "DELETE FROM anomalies", "anomalies: the share of orders with an anomaly is the scenario's"),
    ("anomalies", "INSERT INTO anomalies SELECT * REPLACE (order_id + 1 AS order_id) FROM anomalies WHERE kind <> 'duplicate_order'", "anomalies: the share of orders with an anomaly is the scenario's"),
    (*first_row("order_items", "quantity = quantity + 1", "id IN (SELECT entity_id FROM anomalies WHERE kind = 'quantity_spike')"), "anomalies: a quantity_spike is three to twenty times the usual quantity, as its detail says"),
    (*first_row("anomalies", "detail = replace(detail, '\"found\"', '\"lost\"')", "kind = 'quantity_spike'"), "anomalies: a quantity_spike is three to twenty times the usual quantity, as its detail says"),
    ("orders", "DELETE FROM orders WHERE id % 2 = 0", "anomalies: the share of orders with an anomaly is the scenario's"),
    *(
        (*damage, f"anomalies: a {kind} refers to a row of its order that shows it")
        for kind, undone in UNDONE.items()
        for damage in (
            first_row("anomalies", "entity_id = entity_id + 1", f"kind = '{kind}' AND \"at\" IS NOT NULL"),
            first_row("anomalies", "order_id = order_id + 1", f"kind = '{kind}' AND \"at\" IS NOT NULL"),
            first_row("anomalies", f"entity = '{'payments' if kind in ('cancellation', 'duplicate_order') else 'orders'}'", f"kind = '{kind}'"),
            *undone,
        )
    ),
]  # fmt: skip

BUSINESS = [
    ("companies", "UPDATE companies SET size = CASE size WHEN 'large' THEN 'small' ELSE 'large' END", "companies: large companies order far more often than small ones"),
    ("companies", "UPDATE companies SET size = 'medium'", "companies: large companies order far more often than small ones"),
    ("orders", "UPDATE orders SET ordered_at = TIMESTAMPTZ '2024-01-01 08:00:00Z' + INTERVAL 1 DAY * (rowid % 91)", "orders: weeks differ by chance"),
    ("products", "UPDATE products SET category = 'coffee'", "order_items: 35 to 65 % of what is sold is coffee"),
    ("products", "UPDATE products SET category = 'tea' WHERE category = 'coffee'", "order_items: 35 to 65 % of what is sold is coffee"),
    ("payments", "UPDATE payments SET status = 'paid'", "payments: the share that is overdue at the end of three months is the scenario's"),
    ("payments", "UPDATE payments SET status = 'overdue' WHERE rowid % 5 = 0", "payments: the share that is overdue at the end of three months is the scenario's"),
    ("payments", "UPDATE payments SET paid_at = due_at + CASE rowid % 3 WHEN 0 THEN INTERVAL 1 DAY ELSE INTERVAL 0 DAY END", "payments: some companies pay late far more often than others"),
]  # fmt: skip

DAMAGES = PEOPLE + ORDERS + DELIVERIES + MONEY + LOG + STOCK_AND_VISITS + BUSINESS + ANSWER_KEY
