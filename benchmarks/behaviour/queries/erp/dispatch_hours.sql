-- 13: hours from a driver's first dispatch of the day to the last, at the mean and at most; 5 to 9, two or three tours
SELECT avg(hours), max(hours) FROM (
    SELECT epoch(max(dispatched_at) - min(dispatched_at)) / 3600 AS hours
    FROM shipments GROUP BY driver, (dispatched_at AT TIME ZONE 'Africa/Cairo')::DATE
)
