"""The exports that are known: how they are recognised by their heads, and what these mean.

Heads are compared by their letters and digits alone. Sources: the public import templates and
API references of the systems named, read in November 2026.
"""

from collections.abc import Mapping as Map
from dataclasses import dataclass, field

from billing_app.domain.foreign.columns import Column
from billing_app.domain.foreign.days import DayStyle

C = Column


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A system's export: the heads that tell it, and the meaning of its heads."""

    name: str
    label: str
    marks: frozenset[str]
    columns: Map[str, Column] = field(default_factory=dict)
    in_minor: bool = False
    day_style: DayStyle | None = None
    refusal: str = ""
    """Why such a file holds no invoices."""


_XERO_CSV = {
    "contactname": C.CUSTOMER_NAME, "emailaddress": C.CUSTOMER_EMAIL, "poaddressline1": C.STREET,
    "pocity": C.CITY, "popostalcode": C.POSTCODE, "pocountry": C.COUNTRY, "invoicenumber": C.NUMBER,
    "reference": C.PO_NUMBER, "invoicedate": C.DATE, "duedate": C.DUE, "total": C.TOTAL,
    "inventoryitemcode": C.ITEM, "description": C.DESCRIPTION, "quantity": C.QUANTITY,
    "unitamount": C.UNIT_PRICE, "discount": C.LINE_DISCOUNT, "taxtype": C.TAX_RATE,
    "taxamount": C.TAX_AMOUNT, "currency": C.CURRENCY, "status": C.STATUS, "type": C.KIND,
    "invoiceamountpaid": C.PAID, "lineamount": C.LINE_NET, "taxtotal": C.TAX_TOTAL,
}  # fmt: skip
_XERO_JSON = {
    "type": C.KIND, "invoiceid": C.EXTERNAL_ID, "creditnoteid": C.EXTERNAL_ID,
    "invoicenumber": C.NUMBER, "creditnotenumber": C.NUMBER, "reference": C.PO_NUMBER,
    "amountpaid": C.PAID, "fullypaidondate": C.PAID_ON,
    "contactcontactid": C.CUSTOMER_ID, "contactname": C.CUSTOMER_NAME,
    "contactemailaddress": C.CUSTOMER_EMAIL, "datestring": C.DATE, "date": C.DATE,
    "duedatestring": C.DUE, "duedate": C.DUE, "status": C.STATUS, "lineamounttypes": C.PRICES,
    "subtotal": C.NET_TOTAL, "totaltax": C.TAX_TOTAL, "total": C.TOTAL, "currencycode": C.CURRENCY,
    "lineitemsdescription": C.DESCRIPTION, "lineitemsunitamount": C.UNIT_PRICE,
    "lineitemsitemcode": C.ITEM, "lineitemstaxamount": C.TAX_AMOUNT,
    "lineitemslineamount": C.LINE_NET, "lineitemsquantity": C.QUANTITY,
    "lineitemsdiscountrate": C.LINE_DISCOUNT,
}  # fmt: skip
_QUICKBOOKS_ONLINE = {
    "invoiceno": C.NUMBER, "customer": C.CUSTOMER_NAME, "invoicedate": C.DATE, "duedate": C.DUE,
    "terms": C.TERMS, "memo": C.NOTES, "itemproductservice": C.ITEM,
    "itemdescription": C.DESCRIPTION, "itemquantity": C.QUANTITY, "itemrate": C.UNIT_PRICE,
    "itemamount": C.LINE_NET, "taxrate": C.TAX_RATE, "taxamount": C.TAX_AMOUNT,
    "currency": C.CURRENCY,
}  # fmt: skip
_QUICKBOOKS_DESKTOP = {
    "refnumber": C.NUMBER, "invoicememo": C.NOTES, "txndate": C.DATE, "line1itemname": C.ITEM,
    "line1desc": C.DESCRIPTION, "line1quantity": C.QUANTITY, "line1amount": C.LINE_NET,
    "line1rate": C.UNIT_PRICE, "companyname": C.CUSTOMER_NAME, "terms": C.TERMS,
    "currency": C.CURRENCY, "addr1": C.STREET, "city": C.CITY, "postalcode": C.POSTCODE,
    "country": C.COUNTRY, "customerfullname": C.CUSTOMER_ID, "duedate": C.DUE,
}  # fmt: skip
_STRIPE_JSON = {
    "id": C.EXTERNAL_ID, "number": C.NUMBER, "object": C.KIND, "status": C.STATUS,
    "customer": C.CUSTOMER_ID, "customername": C.CUSTOMER_NAME, "customeremail": C.CUSTOMER_EMAIL,
    "customeraddresscity": C.CITY, "customeraddresscountry": C.COUNTRY,
    "customeraddressline1": C.STREET, "customeraddresspostalcode": C.POSTCODE,
    "created": C.DATE, "duedate": C.DUE, "currency": C.CURRENCY, "description": C.NOTES,
    "hostedinvoiceurl": C.PAYMENT_PAGE, "amountpaid": C.PAID, "total": C.TOTAL,
    "statustransitionspaidat": C.PAID_ON,
    "totalexcludingtax": C.NET_TOTAL, "tax": C.TAX_TOTAL, "linesdescription": C.DESCRIPTION,
    "linesquantity": C.QUANTITY, "linesamount": C.LINE_NET,
}  # fmt: skip
_STRIPE_PAYMENTS = {
    "id": C.EXTERNAL_ID, "description": C.DESCRIPTION, "created": C.DATE, "createdutc": C.DATE,
    "amount": C.LINE_NET, "currency": C.CURRENCY, "customerid": C.CUSTOMER_ID,
    "customerdescription": C.CUSTOMER_NAME, "cardname": C.CUSTOMER_NAME,
    "customeremail": C.CUSTOMER_EMAIL, "invoicenumber": C.PO_NUMBER,
}  # fmt: skip
_JOURNAL = "These are bookings of a journal, not invoices: each amount stands in it twice. "
KNOWN = (
    KnownSource("xero", "Xero (sales invoices)",
                frozenset({"contactname", "invoicenumber", "unitamount", "accountcode"}),
                _XERO_CSV),
    KnownSource("xero", "Xero (API)", frozenset({"lineamounttypes", "contactname"}), _XERO_JSON),
    KnownSource("quickbooks", "QuickBooks Online",
                frozenset({"invoiceno", "itemproductservice", "itemrate"}), _QUICKBOOKS_ONLINE),
    KnownSource("quickbooks", "QuickBooks Desktop",
                frozenset({"refnumber", "customerfullname", "line1amount"}), _QUICKBOOKS_DESKTOP),
    KnownSource("stripe", "Stripe (invoices)",
                frozenset({"amountremaining", "customer", "linesamount"}), _STRIPE_JSON,
                in_minor=True),
    KnownSource("stripe-payments", "Stripe (payments)",
                frozenset({"sellermessage", "amountrefunded", "currency", "customeremail"}),
                _STRIPE_PAYMENTS),
    KnownSource("quickbooks", "QuickBooks (customers)",
                frozenset({"customerfullname", "firstname", "companyname"}),
                refusal="This is a list of customers without invoices. Export the invoices."),
    KnownSource("journal", "Journal", frozenset({"journalnumber", "accountname", "netamount"}),
                refusal=_JOURNAL + "Export the invoices instead."),
    KnownSource("journal", "Journal", frozenset({"creditaccount", "debitaccount"}),
                refusal=_JOURNAL + "Export the invoices instead."),
    KnownSource("paypal", "PayPal activity", frozenset({"counterpartystatus", "transactionid"}),
                refusal="This is a list of payments, not of invoices. Export the invoices."),
    KnownSource("gocardless", "GoCardless payments", frozenset({"linksmandate", "chargedate"}),
                refusal="This is a list of payments, not of invoices. Export the invoices."),
)  # fmt: skip

GENERIC: Map[Column, str] = {
    C.NUMBER: "invoicenumber invoiceno invoice invoicenum invoicenr number docnumber documentno "
    "documentnumber num belegnummer belegnr rechnungsnummer rechnungsnr rechnung nr "
    "belegfeld1 refnumber reference1 facture numero invno inv docno no voucherno vouchernumber",
    C.EXTERNAL_ID: "invoiceid externalid id uuid guid documentid recordid",
    C.KIND: "type transactiontype documenttype doctype belegart kind invoicetype",
    C.STATUS: "status invoicestatus zahlungsstatus paymentstatus",
    C.CUSTOMER_NAME: "customer customername client clientname contact contactname accountname "
    "company companyname organization billto billtoname kunde kundenname name debitor firma "
    "soldto partner businesspartner clientorganization",
    C.CUSTOMER_NUMBER: "customernumber customerno clientnumber clientno accountnumber accountno "
    "kundennummer kundennr debitorennummer debitorkonto accountref customerref accountreference",
    C.CUSTOMER_ID: "customerid clientid contactid accountid partnerid",
    C.CUSTOMER_EMAIL: "email emailaddress customeremail clientemail contactemail mail",
    C.VAT_NO: "vatnumber vatno vatid customervat ustid ustidnr taxnumber",
    C.STREET: "street address address1 addressline1 billingaddress billingstreet strasse straße",
    C.POSTCODE: "postcode zip zipcode postalcode plz billingcode",
    C.CITY: "city town ort stadt billingcity",
    C.COUNTRY: "country countrycode land billingcountry",
    C.DATE: "date invoicedate issuedate dateissued issued belegdatum rechnungsdatum datum "
    "documentdate created createdat docdate transactiondate txndate dateofissue",
    C.DUE: "due duedate duedateon paymentdue fällig fälligkeit fälligam faelligkeit "
    "fälligkeitsdatum zahlungsziel paymentduedate duebydate",
    C.CURRENCY: "currency currencycode cur währung waehrung wkz wkzumsatz",
    C.TITLE: "title subject betreff projectname",
    C.PO_NUMBER: "ponumber po purchaseorder reference ordernumber yourreference bestellnummer ref",
    C.ORDERS: "orders salesorder salesorders salesordernumber ourorder auftrag auftragsnummer",
    C.NOTES: "notes note memo comment comments customernotes bemerkung privatenotes",
    C.TERMS: "terms paymentterms termsconditions zahlungsbedingungen",
    C.PAYMENT_PAGE: "paymentpage paymentlink paymenturl hostedinvoiceurl payurl invoiceurl",
    C.DISCOUNT_TOTAL: "invoicediscount entitydiscountamount discounttotal totaldiscount "
    "entitydiscount",
    C.NET_TOTAL: "subtotal nettotal totalnet netamount nettobetrag summenetto totalexcludingtax "
    "totalexclvat invoicesubtotal amountbeforetax",
    C.TAX_TOTAL: "totaltax taxtotal invoicetax vattotal totalvat steuerbetrag mwstbetrag "
    "salestax totalsalestax",
    C.TOTAL: "total invoicetotal totalamount amounttotal grandtotal gross grossamount grosstotal "
    "bruttobetrag summebrutto gesamtbetrag rechnungsbetrag totalincvat invoiceamount betrag "
    "umsatz totalgross totalinctax",
    C.PAID: "paid amountpaid paidamount bezahlt paidtodate",
    C.PAID_ON: "paidon paidat datepaid paiddate paymentdate fullypaidon bezahltam zahlungsdatum",
    C.ITEM: "item itemname product productservice sku itemcode productname artikel artikelnummer "
    "service productcode stockcode productid",
    C.DESCRIPTION: "description itemdescription itemdesc desc linedescription beschreibung "
    "bezeichnung leistung positionstext text buchungstext details linetext lineitem",
    C.QUANTITY: "quantity qty itemquantity menge anzahl units hours stunden amountofunits",
    C.UNIT: "unit uom usageunit einheit unitname",
    C.UNIT_PRICE: "unitprice price rate itemprice unitcost unitamount cost einzelpreis preis "
    "salesprice epreis stückpreis itemrate priceperunit unitpricenet",
    C.LINE_DISCOUNT: "discount discountpercent discountpercentage linediscount rabatt discountrate",
    C.LINE_NET: "amount lineamount linetotal itemtotal itemamount extendedprice netlineamount "
    "positionsbetrag nettobetragposition linesubtotal netline linenet net netto",
    C.TAX_RATE: "taxrate vatrate taxpercent taxpercentage vat mwst ust steuersatz mwstsatz "
    "ustsatz tax1rate itemtaxrate itemtaxpercent gstrate taxtype taxcode vatpercent "
    "tax1percent mwstprozent",
    C.TAX_AMOUNT: "taxamount vatamount tax itemtaxamount linetax taxes mwstbetragposition "
    "linetaxamount gst tax1amount itemtax",
}


def plain(head: str) -> str:
    """A head by its letters and digits alone."""
    return "".join(sign for sign in head.lower() if sign.isalnum())
