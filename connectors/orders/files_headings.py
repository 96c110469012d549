"""What the columns of exports are called, by people and by programs: ``field: heading, heading``, the best first.

A field is found under its own name as well. Case, accents and punctuation make no difference. Headings of Shopify's and
WooCommerce's own exports are among them, and words of seven languages.
"""

from __future__ import annotations

from typing import Final

LINE: Final = """
    line_id: lineitem id, line item id, item id, position, pos, positionsnummer, position id
    sku: lineitem sku, item sku, product sku, product code, article number, article no, article, item number,
        artikelnummer, artikel nr, artikelnr, artikel, référence, référence produit, referencia, codice
        articolo, symbol, index, artikelcode
    title: lineitem name, item name, product name, product, article name, artikelname, bezeichnung,
        artikelbezeichnung
    gtin: ean, barcode, gtin13, upc
    quantity: lineitem quantity, qty, item quantity, menge, anzahl, quantité, qté, cantidad, quantità, ilość, aantal
    unit_price: lineitem price, price, item price, einzelpreis, preis, stückpreis, prix unitaire, precio,
        prezzo, cena
    tax: tax amount, line tax, item tax, steuer, mwst, ust, tva, iva
    fulfilled: lineitem fulfillment status, quantity fulfilled, shipped quantity, qty shipped, fulfilled quantity,
        versendet, geliefert
"""
ADDRESS: Final = """
    ship_name: shipping name, delivery name, recipient, receiver, empfänger, lieferadresse name, destinataire,
        odbiorca
    ship_first_name: shipping first name, delivery first name, lieferadresse vorname
    ship_last_name: shipping last name, delivery last name, lieferadresse nachname
    ship_company: shipping company, delivery company, lieferadresse firma
    ship_street: shipping street, shipping address1, shipping address 1, shipping address, delivery address,
        address, street, address1, straße, strasse, lieferadresse straße, lieferadresse, adresse, rue, calle,
        dirección, via, indirizzo, ulica, adres, straat
    ship_house: shipping house number, house number, hausnummer, hausnr, numer domu, huisnummer
    ship_street2: shipping address2, shipping address 2, address2, adresszusatz
    ship_city: shipping city, city, town, ort, stadt, lieferadresse ort, ville, ciudad, città, miasto, plaats, stad
    ship_region: shipping province, shipping state, region, province, bundesland
    ship_postcode: shipping zip, shipping postcode, shipping postal code, postcode, zip, zip code, postal code,
        plz, postleitzahl, lieferadresse plz, code postal, código postal, cap, kod pocztowy
    ship_country: shipping country, shipping country code, country, country code, land, lieferadresse land,
        pays, país, paese, kraj
    ship_phone: shipping phone, delivery phone
"""
ORDER: Final = """
    number: order no, order number, order name, order nr, order num, orderno, ordernr, bestellnummer, bestell
        nr, bestellnr, auftragsnummer, auftrags nr, auftragsnr, auftrag, bestellung, numéro de commande, no
        commande, n commande, commande, número de pedido, pedido, numero ordine, ordine, numer zamówienia, nr
        zamówienia, zamówienie, bestelnummer, ordernummer, order
    remote_id: order id, id, internal id, uuid, bestell id, auftrags id
    placed_at: order date, date, ordered at, ordered, order placed, created at, created, date created, order
        created, purchase date, bestelldatum, auftragsdatum, datum, date de commande, fecha, fecha de pedido,
        data ordine, data zamówienia, besteldatum, orderdatum
    state: order state, auftragsstatus
    status: order status, bestellstatus, statut, estado, stato, zustand
    payment_status: financial status, payment state, paid, zahlungsstatus, bezahlt, zahlung, statut paiement,
        stan płatności, betaalstatus
    fulfillment_status: fulfillment status, fulfilment status, shipping status, delivery status, lieferstatus,
        versandstatus
    return_status: return state, retourenstatus
    currency: order currency, currency code, währung, devise, moneda, valuta, waluta
    total: order total, grand total, total amount, total price, amount, sum, gesamtbetrag, gesamtsumme, gesamt,
        summe, betrag, bruttobetrag, endbetrag, montant total, montant, importe total, importe, totale, kwota,
        wartość, totaal
    shipping: shipping total, shipping cost, shipping amount, shipping price, delivery cost, versandkosten,
        versand, frais de port
    discount: discount total, discount amount, rabatt, remise, descuento, sconto, rabat
    email: e mail, email address, customer email, billing email, mail, kunden e mail, e mail adresse, courriel,
        correo, posta
    phone: telephone, phone number, customer phone, billing phone, telefon, telefonnummer, téléphone, teléfono,
        telefono
    customer_id: customer number, customer no, client id, kundennummer, kunden nr, kundennr, kunden id, numéro
        client
    customer_name: customer, name, full name, client, buyer, kunde, kundenname, käufer, nom, cliente, klient,
        billing name
    customer_first_name: first name, billing first name, vorname, prénom, nombre, imię, voornaam
    customer_last_name: last name, surname, billing last name, nachname, familienname, apellidos, cognome, nazwisko
    customer_company: company, billing company, firma, société, empresa, azienda, organisation, organization
    customer_tags: customer group, kundengruppe
    marketplace_id: marketplace buyer, buyer id, relay id
    bill_name: billing name, rechnungsadresse name
    bill_company: billing company name, rechnungsadresse firma
    bill_street: billing street, billing address1, billing address 1, billing address, rechnungsadresse straße
    bill_city: billing city, rechnungsadresse ort
    bill_region: billing province, billing state
    bill_postcode: billing zip, billing postcode, rechnungsadresse plz
    bill_country: billing country, rechnungsadresse land
    promised_at: promised, promised date, delivery date, expected delivery, promised delivery, ship by, deliver
        by, lieferdatum, liefertermin, wunschtermin, zugesagt, date de livraison, termin dostawy
    tags: tag, labels, schlagworte
    instructions: packing instructions, delivery instructions, special instructions, packhinweis, lieferhinweis
    note: notes, comment, comments, customer note, remarks, bemerkung, kommentar, anmerkung, notiz
    channel: sales channel, shop, kanal, verkaufskanal
    url: link, order url
    quote: quote number, quote no, quotation, estimate, offer, angebot, angebotsnummer, angebotsnr, devis, preventivo
    lead: lead number, lead id, opportunity, order origin, verkaufschance
    replaces: replaces order, replacement for, ersetzt
    references: reference, payment reference, payment id, transaction id, po number, invoice number, rechnungsnummer
    updated_at: updated, last updated, modified, modified at, last modified, date modified, geändert, geändert am
"""
ORDER_OF: Final = """
    order_number: order no, order number, order name, order, order nr, orderno, ordernr, bestellnummer, bestell
        nr, bestellnr, auftragsnummer, auftrags nr, auftragsnr, auftrag, bestellung, numéro de commande, no
        commande, commande, número de pedido, pedido, numero ordine, ordine, numer zamówienia, nr zamówienia,
        zamówienie, bestelnummer, ordernummer
    order_id: order remote id, bestell id, auftrags id
    order_reference: order reference, reference, customer reference, referenz
"""
CHANGED: Final = "updated_at: updated, last updated, modified, modified at, last modified, geändert, geändert am"
EMAIL: Final = "email: e mail, email address, customer email, mail, courriel"
AMOUNT: Final = """
    amount: total, sum, value, betrag, summe, montant, importe, importo, kwota, bedrag, brutto, gross
    currency: currency code, währung, devise, moneda, valuta, waluta
"""
STOCK: Final = """
    location: warehouse, store, lager, lagerort, standort, entrepôt, almacén, magazzino, magazyn, magazijn
    on_hand: stock, quantity, qty, on hand quantity, in stock, inventory, bestand, lagerbestand, menge, stan,
        voorraad
    committed: reserved, allocated, reserviert, reservado, zarezerwowane
    available: available quantity, free, verfügbar, disponible, dostępne, beschikbaar
    incoming: on order, incoming quantity, expected quantity, bestellt, zulauf, unterwegs
    expected_at: expected, expected date, incoming date, arrival, eta, erwartet, liefertermin, zulauf am,
        wareneingang
    bin: bin location, shelf, lagerplatz, regal, fach, emplacement
"""
SHIPMENT: Final = """
    remote_id: id, shipment id, parcel id, delivery number, delivery note, sendungs id, lieferscheinnummer,
        lieferschein
    carrier: shipping carrier, courier, shipping company, versanddienstleister, versender, paketdienst, transporteur
    tracking_number: tracking no, tracking, tracking code, trackingnumber, waybill, awb, sendungsnummer,
        paketnummer, trackingnummer, numéro de suivi, número de seguimiento, numer przesyłki
    state: status, shipment status, versandstatus, sendungsstatus
    service: shipping method, shipping service, product, versandart
    tracking_url: tracking link, url, link, sendungsverfolgung
    location: warehouse, ship from, lager
    shipped_at: shipped, ship date, date shipped, dispatched, dispatch date, versanddatum, versendet am, date
        d'expédition
    delivered_at: delivered, delivery date, date delivered, zugestellt, zugestellt am, lieferdatum
    weight_grams: weight g, weight in g, gewicht g
    weight_kg: weight, weight kg, gewicht, gewicht kg, poids
    items: contents, inhalt
    sku: item sku, article, article number, artikelnummer
    quantity: qty, menge, anzahl
    request_status: request, third party status
"""
TRACKING: Final = """
    carrier: courier, shipping carrier, versanddienstleister, paketdienst
    tracking_number: tracking no, tracking, tracking code, number, parcel, awb, sendungsnummer, paketnummer,
        trackingnummer
    status: state, event status, sendungsstatus
    code: event code, status code, raw code, carrier code, ereigniscode
    occurred_at: time, date, at, datetime, timestamp, event time, event date, scanned at, scan time, zeit,
        zeitpunkt, datum
    text: description, event, message, details, event description, beschreibung, ereignis
    place: location, city, facility, ort, standort
    reason: delay reason, exception reason, grund
    estimated_delivery_at: eta, estimated delivery, expected delivery, estimated delivery date, voraussichtliche
        zustellung
    tracking_url: url, link, tracking link
    remote_id: tracker id, id
"""
PAYMENT: Final = """
    remote_id: id, payment id, transaction id, payment reference, transaction, charge, zahlungs id, transaktion
    state: status, payment status, zahlungsstatus
    captured: amount captured, captured amount
    method: payment method, payment type, gateway, zahlungsart, zahlart, moyen de paiement
    paid_at: paid, payment date, date paid, captured at, bezahlt am, zahlungsdatum
    created_at: created, date, datum, authorized at
    failure: failure message, error, decline reason, fehler
"""
REFUND: Final = """
    remote_id: id, refund id, transaction id, erstattungs id
    state: status, refund status
    payment: payment id, charge, original transaction, zahlung
    reason: refund reason, grund, note
    created_at: created, date, refunded at, refund date, datum, erstattet am
"""
DISPUTE: Final = """
    remote_id: id, dispute id, case id, chargeback id
    state: status, dispute status
    payment: payment id, charge, original transaction, zahlung
    reason: dispute reason, grund
    due_at: due, respond by, evidence due, due date, frist
    created_at: created, date, opened at, datum
"""
INVOICE: Final = """
    number: invoice no, invoice number, invoice, document number, rechnungsnummer, rechnung, rechnungs nr,
        belegnummer, numéro de facture, facture, factura, fattura, numer faktury, faktura, factuurnummer
    remote_id: invoice id, id
    status: state, invoice status, rechnungsstatus
    total: total amount, amount, gross, grand total, gesamtbetrag, betrag, brutto, montant, importe, kwota
    currency: currency code, währung, devise, moneda, valuta, waluta
    kind: type, document type, belegart
    credits: credited invoice, credit of, credit for, original invoice, zu rechnung, ursprungsrechnung
    paid: amount paid, paid amount, bezahlt, payé
    balance: amount due, open amount, outstanding, offener betrag, offen
    tax_total: tax, tax amount, vat, vat amount, total tax, mwst, ust, umsatzsteuer, steuer, steuerbetrag, tva, iva
    issued_at: date, invoice date, issued, issue date, created at, rechnungsdatum, datum, belegdatum
    due_at: due, due date, payment due, fällig, fällig am, fälligkeit, zahlungsziel, échéance, termin płatności
    purchase_order: purchase order number, purchase no
    url: link, pdf
    sku: item sku, description, article, artikelnummer
    quantity: qty, menge
    amount: line amount, line total
"""
PURCHASE: Final = """
    number: po number, purchase order, purchase order number, purchase no, po, bestellnummer, bestellung
    remote_id: id, purchase id
    vendor: supplier, manufacturer, lieferant, hersteller, fournisseur, proveedor, fornitore, dostawca, leverancier
    request_status: status, state
    drop_ship: dropship, drop shipping, direct, streckengeschäft
    items: contents, inhalt
    sku: item sku, article, article number, artikelnummer
    quantity: qty, menge, anzahl
    ordered_at: ordered, date, order date, created at, bestelldatum, datum
    expected_at: expected, expected date, eta, delivery date, liefertermin
    reason: rejection reason, grund, note
"""
SALE_OF: Final = """
    order_number: sales order, sales order number, customer order, order no, order number, order, kundenauftrag,
        auftragsnummer, auftrag
    order_id: sales order id
    order_reference: order reference, reference, referenz
"""
CUSTOMER: Final = """
    remote_id: id, customer id, customer number, customer no, client id, kundennummer, kunden nr, kundennr
    name: full name, customer, customer name, kunde, kundenname, nom, cliente, klient
    first_name: vorname, prénom, nombre, imię, voornaam
    last_name: surname, nachname, familienname, apellidos, cognome, nazwisko, achternaam
    company: firma, société, empresa, azienda, organisation, organization
    email: e mail, email address, mail, courriel, correo
    phone: telephone, phone number, mobile, telefon, telefonnummer, handy, téléphone, teléfono, telefono
    marketplace_id: marketplace, relay id
    tags: tag, group, customer group, kundengruppe, labels
    created_at: created, customer since, registered, date added, angelegt am, kunde seit
    consent_marketing: accepts marketing, accepts email marketing, newsletter, marketing, opt in
    updated_at: updated, last updated, modified, geändert am
"""
NOTE: Final = """
    remote_id: id, note id
    text: note, comment, message, body, notiz, kommentar, bemerkung
    author: user, by, written by, agent, autor, benutzer, mitarbeiter
    created_at: created, date, time, written at, datum
    public: visible to customer, customer note, öffentlich
"""
PRODUCT: Final = """
    sku: article number, article no, item number, product code, product sku, artikelnummer, artikelnr, artikel,
        référence
    title: name, product name, product, description, bezeichnung, artikelname, artikelbezeichnung
    gtin: ean, barcode
"""
