"""Names of columns as the rules read them: in lower case, word by word, and in English, whichever of six languages they are in."""

from __future__ import annotations

import re
import unicodedata

_ENGLISH = {
    "name": "nombre nome nom bezeichnung denominacion",
    "first_name": "vorname prenom primer_nombre",
    "last_name": "apellido apellidos primer_apellido segundo_apellido nachname familienname zuname sobrenome apelido cognome nom_famille",
    "full_name": "nombre_completo nome_completo nom_complet razon_social raison_sociale ragione_sociale razao_social",
    "user_name": "benutzername nombre_usuario nom_utilisateur nome_utente nome_usuario ",
    "user": "usuario utilisateur utente benutzer utilizador",
    "email": "correo courriel correo_electronico",
    "password": "contrasena contrasenia passwort kennwort mot_de_passe senha palavra_passe clave",
    "phone": "telefono telefone telefon  telephone telefonnummer rufnummer celular movil telemovel cellulare  handynummer ",
    "street": "strasse rua calle rue indirizzo direccion adresse adressen domicilio endereco morada logradouro anschrift",
    "house_number": "hausnummer numero_casa",
    "city": "ciudad cidade citta ville stadt ort wohnort ortschaft commune comune localidad localita municipio",
    "province": "provincia departement bundesland kanton",
    "zip_code": "plz postleitzahl codigo_postal code_postal codice_postale cep cp",
    "country": "pais pays paese  nazione",
    "nationality": "nacionalidad nacionalidade nationalite nazionalita staatsangehoerigkeit",
    "company": "empresa entreprise azienda firma unternehmen societe societa fornecedor proveedor fournisseur lieferant hersteller marca marque",
    "job_title": "puesto  beruf profesion  profissao professione ocupacion jobtitel fonction funcao",
    "gender": "sexo sexe sesso geschlecht",
    "title": "titulo titre titolo titel betreff asunto  oggetto libelle rotulo",
    "description": "descripcion descricao descrizione beschreibung",
    "note": "nota notas observacion observaciones observacao observacoes comentario comentarios commentaire commentaires commento bemerkung "
    "bemerkungen notiz notizen kommentar mensaje mensagem messaggio nachricht contenido conteudo contenu contenuto inhalt resena recensione",
    "type": "tipo typ ",
    "category": "categoria categorie kategorie",
    "status": "estado etat stato zustand situacao",
    "role": "rol ruolo rolle  ",
    "code": "codigo codice kuerzel sigla sigle matricula matricule matricola cif nif dni cpf cnpj cedula siret siren codice_fiscale",
    "number": "numero nummer  ",
    "reference": "referencia referenz",
    "price": "precio preco prix prezzo preis einzelpreis stueckpreis verkaufspreis einkaufspreis",
    "amount": "importe montant importo betrag valor monto summe gesamtbetrag prix_total",
    "cost": "costo coste custo cout kosten",
    "salary": "salario sueldo salaire stipendio gehalt lohn",
    "discount": "descuento desconto remise sconto rabatt",
    "tax": "impuesto imposto iva tva mwst steuer",
    "balance": "saldo solde kontostand guthaben",
    "quantity": "cantidad quantidade quantite quantita menge anzahl stueckzahl qte",
    "count": "punkte punkt puntos pontos punti",
    "stock": "existencias estoque lagerbestand bestand giacenza",
    "weight": "peso poids gewicht",
    "height": "altura hauteur altezza hoehe",
    "width": "ancho largura largeur larghezza breite",
    "length": "longitud comprimento longueur lunghezza laenge",
    "birth": "geb geburt nacimiento nascimento nascita naissance",
    "age": "edad idade",
    "rating": "calificacion puntuacion avaliacao bewertung valutazione voto",
    "date": "fecha datum",
    "time": "hora heure uhrzeit",
    "year": "ano anio annee anno jahr",
    "month": "mes mois mese monat",
    "day": "dia jour giorno ",
    "duration": "duracion duracao duree durata dauer",
    "birth_date": "geburtsdatum gebdatum fecha_nacimiento fecha_nac geb_datum data_nascimento data_nascita date_naissance date_naiss",
    "start_date": "fecha_inicio data_inicio date_debut data_inizio startdatum beginn",
    "end_date": "fecha_fin data_fim date_fin data_fine enddatum ",
    "created_date": "fecha_creacion fecha_registro fecha_alta data_criacao data_cadastro data_creazione date_creation date_inscription erstelldatum erstellt_am",
    "updated_date": "fecha_actualizacion fecha_modificacion data_atualizacao date_modification geaendert_am",
    "active": "activo activa ativo ativa attivo attiva actif aktiv habilitado registro_activo",
    "deleted": "eliminado borrado excluido supprime eliminato geloescht",
    "locked": "bloqueado  bloccato gesperrt",
    "image": "imagen imagem immagine bild foto   ",
    "file": "archivo fichier arquivo fichero datei dateiname",
    "language": "idioma langue lingua sprache",
    "currency": "moneda moeda devise valuta waehrung divisa",
    "color": "couleur colore farbe",
    "size": "tamano talla taglia taille tamanho groesse",
    "unit": "unidad unidade unite unita einheit",
    "order": "pedido commande ordine bestellung reihenfolge orden ordem ordre",
    "comment": " ",
    "question": "pregunta pergunta domanda frage",
    "answer": "respuesta resposta reponse risposta antwort",
    "department": "departamento abteilung reparto servizio",
}
"""Words in Spanish, Portuguese, French, Italian and German, without accents, by the English one that the rules know. Words that are English ones, too,
are left out where those would be misread: `data`, `cap`, `via`, `fin`."""


_TRANSLATED = {word: english for english, words in _ENGLISH.items() for word in words.split()}
_LONGEST = max(word.count("_") for word in _TRANSLATED) + 1
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


JOINED_ID = r"(^|_)(?!((un|pre)?paid|(in)?valid|grid|void|solid|hybrid|android|liquid|avoid|bid|aid|kid|lid)$)[a-z]+id$"
"""`customerid`: names in which no case shows where a word ends, but for words that end in these letters."""


def rules_of(name: str) -> str:
    """A name as the rules read it: `CustomerEmail` as `customer_email`, and `fecha_nacimiento` as `birth_date`.

    >>> rules_of("CustomerEmail"), rules_of("apellidoCliente"), rules_of("Straße")
    ('customer_email', 'last_name_cliente', 'street')
    """
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace(" ", "_").replace("-", "_").translate(_SPELLED)
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", parted) if not unicodedata.combining(letter))
    words, read = plain.split("_"), list[str]()
    while words:  # the longest run of words that has an English one
        run = next((run for run in range(min(_LONGEST, len(words)), 0, -1) if "_".join(words[:run]) in _TRANSLATED), 0)
        read.append(_TRANSLATED["_".join(words[:run])] if run else words[0])
        words = words[max(run, 1) :]
    return "_".join(read)
