"""What columns are called elsewhere: names by which a canonical column, or a part of one, is recognised.

Belongs here: the lists, to be extended with every new export. Does not belong here: choosing (mapping.py).

Names are in snake_case as column_names.py writes them: umlauts spelt out, CustomerID as customer_id. The first name
that a file has wins, so the surest stand first. A name may be preceded by what it belongs to (``billing_city``,
``properties_email``); such words are in PREFIXES. Roles with a leading ``_`` are no canonical columns: staging makes
some out of them.
"""

from __future__ import annotations

from orchestration.onboarding.words import words

# Words before a name that say whose it is, and change nothing about what it is.
_PREFIXES = (
    "properties_hs_ properties_ attributes_ fields_ data_ customer_ kunden_ kunde_ client_ "
    "billing_details_address_ billing_details_ billing_address_ billing_ mailing_ shipping_address_ shipping_ "
    "contact_ person_ recipient_ primary_ home_ user_ account_ lineitem_ line_item_ line_ item_ product_ artikel_ "
    "order_ bestell_ invoice_ transaction_ delivery_ store_ default_ rechnungs_ liefer_ main_ hs_ external_"
)
PREFIXES = tuple(_PREFIXES.split())

CUSTOMER_REF = (
    "customer_ref customer_id customer_no customer_number customer_nr customer_key customer_code customerid custid "
    "cust_id customer client_id client_no client_nr client_ref client id_client numero_client no_client code_client "
    "kunden_nr kundennummer kundennr kunden_id kunde_id kunde kd_nr kdnr user_id userid member_id member_no "
    "member_number membership_no mitgliedsnummer mitglieds_nr loyalty_id loyalty_card card_no kundenkarte "
    "kartennummer kundenkarte_nr contact_id person_id account_id household_id household subscriber_id profile_id "
    "buyer_id shopper_id guest_id external_data_reference external_reference"
)
EMAIL = (
    "email email_address mail mail_address emailadresse email_adresse mailadresse courriel adresse_email user_email "
    "customer_email contact_email billing_email recipient_email receipt_email recipient email_1 email1 work_email "
    "private_email"
)
PHONE = (
    "phone phone_number telephone telephone_number tel telefon telefonnummer mobile mobile_phone mobilephone "
    "mobile_number mobil handy handynummer msisdn portable cell cell_phone phone_1 phone1 rufnummer mobilnummer"
)
COUNTRY = "country country_code land laendercode pays country_iso iso_country nation"
REGION = "region state province bundesland kanton departement county federal_state"
CITY = "city town ort stadt wohnort ville location_city municipality"
STREET = (
    "street street_address address_line_1 address_line1 address_1 address1 address strasse strasse_hausnummer "
    "strasse_nr anschrift adresse rue adresse_1 adresse1"
)
POSTAL_CODE = "postal_code zip zip_code zipcode postcode post_code plz postleitzahl code_postal cp"
CREATED = (
    "created_at created_on created createdate created_date date_created creation_date registered_at registration_date "
    "signup_date sign_up_date joined_at join_date member_since kunde_seit angelegt_am erstellt_am anlagedatum "
    "erstelldatum date_creation date_inscription first_seen createddate"
)
UPDATED = (
    "updated_at updated_on updated last_modified last_modified_date lastmodifieddate lastmodified modified_at "
    "modified date_modified modified_date system_modstamp modification_date last_updated last_update geaendert_am "
    "aenderungsdatum letzte_aenderung date_modification updateddate"
)
CAMPAIGN = "campaign_id campaign campaign_code campaign_name kampagne kampagnen_id kampagnenname email_campaign_id"
OCCURRED = (
    "occurred_at occurred_on event_time event_timestamp event_date timestamp created_at created_time created date "
    "datetime time ts event_ts date_time datum zeitpunkt activity_date interaction_date sent_at published_at "
    "posted_at hs_timestamp"
)
TEXT_OF = "text full_text message body content comment description notes note snippet kommentar nachricht bemerkung"

# What sources write of lines that take money back, that never happened, and that sell.
REFUND_WORDS = words(
    "refund refunds refunded return returned returns retoure retour rueckgabe rückgabe gutschrift credit credit_note "
    "creditnote reversal remboursement avoir rma"
)
CANCELLATION_WORDS = words(
    "cancellation cancelled canceled cancel void voided storno storniert annulation annule annulé failed declined "
    "expired abgebrochen"
)
SALE_WORDS = words("sale sold purchase order paid completed verkauf vente bezahlt succeeded complete fulfilled")

ROLES: dict[str, dict[str, str]] = {
    "customers": {
        "customer_ref": CUSTOMER_REF + " id nummer nr key uuid",
        "email": EMAIL,
        "phone": PHONE,
        "first_name": "first_name firstname given_name forename vorname prenom fname rufname",
        "last_name": "last_name lastname surname family_name nachname familienname zuname nom lname",
        "_full_name": "full_name name display_name kundenname customer_name contact_name",
        "account_type": "account_type customer_type kundentyp kundenart",
        "gender": "gender sex geschlecht genre anrede salutation civilite",
        "income_band": "income_band income household_income income_group einkommen einkommensklasse",
        "education": "education education_level bildung abschluss schulabschluss",
        "occupation": "occupation job job_title jobtitle profession beruf title",
        "marital_status": "marital_status familienstand etat_civil civil_status",
        "declared_age_band": "age_band age_group age_range age altersgruppe alter tranche_age",
        "country": COUNTRY,
        "region": REGION,
        "city": CITY,
        "postal_code": POSTAL_CODE,
        "street": STREET,
        "company_ref": "company_ref company_id account_id associatedcompanyid firmen_nr firmennummer organization_id",
        "acquisition_channel": (
            "acquisition_channel lead_source source analytics_source channel utm_source signup_source herkunft "
            "quelle akquisekanal how_did_you_hear"
        ),
        "loyalty_tier": "loyalty_tier tier loyalty_level vip_level member_level status_level kundenstatus bonusstufe",
        # What is called a card or a loyalty id is taken as the customer's own number (CUSTOMER_REF).
        "loyalty_number": "loyalty_number loyalty_no loyalty_card_number bonus_number bonusnummer bonuskartennummer",
        "household_size": "household_size haushaltsgroesse persons_in_household",
        "children_count": (
            "children_count children number_of_children kids kids_count anzahl_kinder kinder household_comp"
        ),
        "has_email_consent": (
            "has_email_consent consent_email email_consent email_opt_in accepts_marketing newsletter "
            "newsletter_opt_in opt_in optin marketing_consent werbeeinwilligung einwilligung_email "
            "newsletter_anmeldung accepts_email_marketing subscribed consentement_email"
        ),
        "_email_opt_out": (
            "email_opt_out has_opted_out_of_email email_optout opt_out optout unsubscribed newsletter_abgemeldet "
            "do_not_email"
        ),
        "has_sms_consent": "has_sms_consent consent_sms sms_consent sms_opt_in accepts_sms_marketing einwilligung_sms",
        "has_phone_consent": "has_phone_consent consent_phone phone_consent einwilligung_telefon",
        "_phone_opt_out": "do_not_call phone_opt_out",
        "has_ads_consent": "has_ads_consent consent_ads ads_consent advertising_consent einwilligung_werbung",
        "birth_date": (
            "birth_date birthdate date_of_birth dob birthday geburtsdatum geburtstag geb_datum gebdatum "
            "date_de_naissance date_naissance"
        ),
        "created_at": CREATED,
        "updated_at": UPDATED,
        "_is_deleted": "is_deleted deleted archived geloescht",
    },
    "companies": {
        "company_ref": (
            "company_ref company_id company_no company_number account_id organization_id organisation_id firmen_nr "
            "firmennummer debitor debitorennummer kunden_nr kundennummer customer_id id key"
        ),
        "company_name": (
            "company_name company name account_name organization organisation firma firmenname raison_sociale "
            "societe unternehmen"
        ),
        "domain": "domain website web url homepage webseite",
        "registry_number": (
            "registry_number registration_number company_registration duns siren siret handelsregister "
            "handelsregisternummer hrb vat_number vat_id ust_id"
        ),
        "industry_code": "industry_code naics naics_code nace nace_code sic sic_code wz_code branchencode code_naf",
        "industry": "industry sector branche secteur",
        "structure": "structure",
        "country": COUNTRY,
        "region": REGION,
        "city": CITY,
        "postal_code": POSTAL_CODE,
        "currency_code": "currency_code currency waehrung devise currency_iso_code",
        "parent_company_ref": (
            "parent_company_ref parent_company_id parent_id parent_account_id hs_parent_company_id konzern_nr "
            "muttergesellschaft"
        ),
        "employees_count": (
            "employees_count employees number_of_employees numberofemployees employee_count headcount mitarbeiter "
            "mitarbeiterzahl anzahl_mitarbeiter effectif"
        ),
        "annual_revenue_amount": (
            "annual_revenue_amount annual_revenue annualrevenue revenue turnover jahresumsatz umsatz chiffre_affaires"
        ),
        "created_at": CREATED,
        "updated_at": UPDATED,
        "_is_deleted": "is_deleted deleted archived geloescht",
    },
    "order_lines": {
        "order_id": (
            "order_id order_no order_number order_nr order_ref orderid order order_value order_name invoice_no "
            "invoice_number invoice_id invoice invoiceno receipt_no receipt_number receipt_id receipt transaction_id "
            "transaction_no transaction basket_id bestellnummer bestell_nr bestellnr bestellung auftragsnummer "
            "auftrags_nr auftrag rechnungsnummer rechnungs_nr rechnung bonnummer bon_nr bonnr bon_id bon belegnummer "
            "beleg_nr belegnr beleg numero_commande commande_id commande no_commande facture ticket_no ticket "
            "ticket_id sales_id sale_id"
        ),
        "line_number": (
            "line_number line_no line_nr line_id lineitem_id line_item_id order_line line position position_nr pos "
            "pos_nr posnr positionsnummer zeile zeilennummer item_no item_number ligne numero_ligne sequence_no"
        ),
        "customer_ref": CUSTOMER_REF,
        "email": EMAIL,
        "phone": PHONE,
        "sku": (
            "sku product_sku lineitem_sku sku_id item_sku product_id product_code product_no product_number "
            "product_key article_no article_number article_id article_code article item_id item_code stock_code "
            "stockcode artikel_nr artikelnummer artikelnr artikel_id artikelcode artikel ean gtin upc code_article "
            "reference_produit produit_id product_name product item lineitem_name item_name product_title "
            "artikelbezeichnung bezeichnung produkt produit description artikelname"
        ),
        "currency_code": "currency_code currency currency_iso waehrung devise iso_currency",
        "_kind": (
            "line_kind kind transaction_type type order_type belegart vorgang vorgangsart art buchungsart typ status "
            "state order_status order_state financial_status payment_status bestellstatus statut etat"
        ),
        "sales_channel": (
            "sales_channel channel source vertriebskanal kanal order_source canal sales_source shop store_type location"
        ),
        "device": "device device_type geraet platform appareil",
        "delivery_method": "delivery_method shipping_method fulfillment_method versandart lieferart mode_livraison",
        "country": "shipping_country " + COUNTRY,
        "region": "shipping_region shipping_state shipping_province " + REGION,
        "postal_code": "shipping_zip shipping_postal_code " + POSTAL_CODE,
        "coupon_code": (
            "coupon_code coupon discount_code promo_code promotion_code voucher voucher_code gutschein gutscheincode "
            "aktionscode code_promo"
        ),
        "quantity": (
            "quantity qty lineitem_quantity units unit_count pieces menge anzahl stueck stueckzahl quantite "
            "amount_of_items quantity_ordered qty_ordered"
        ),
        "_unit_price": (
            "unit_price price_per_unit lineitem_price item_price single_price price einzelpreis stueckpreis preis "
            "vk_preis prix_unitaire prix unitprice sale_price selling_price"
        ),
        "net_amount": (
            "net_amount net_total net net_sales net_revenue line_net nettobetrag netto nettoumsatz netto_betrag "
            "montant_ht total_ht sales_value"
        ),
        "gross_amount": "gross_amount gross_sales list_amount gross_merchandise_value",
        "_amount_with_tax": (
            "amount_incl_tax total_incl_tax total_with_tax price_incl_vat amount_incl_vat total_incl_vat "
            "bruttobetrag brutto bruttoumsatz brutto_betrag montant_ttc total_ttc"
        ),
        "_amount": (
            "line_total line_amount total_price item_total total_amount amount sales revenue turnover line_value "
            "paid value betrag umsatz gesamtpreis gesamtbetrag gesamt summe zeilenbetrag positionsbetrag erloes "
            "montant montant_total subtotal total order_total grand_total amount_paid total_paid"
        ),
        "discount_amount": (
            "discount_amount discount lineitem_discount discount_total total_discount discounts rabatt rabattbetrag "
            "nachlass remise montant_remise"
        ),
        "tax_amount": (
            "tax_amount tax taxes vat vat_amount tax_total sales_tax mwst mwst_betrag steuer steuerbetrag ust "
            "montant_tva tva"
        ),
        "_tax_rate": (
            "tax_rate vat_rate tax_percent vat_percent mwst_satz steuersatz mwst_percent ust_satz taux_tva mwst tax vat"
        ),
        "shipping_amount": (
            "shipping_amount shipping_cost shipping_costs shipping_fee shipping freight postage versandkosten "
            "versand porto lieferkosten frais_de_port frais_livraison delivery_fee"
        ),
        "ordered_at": (
            "ordered_at order_date order_time order_datetime ordered_on purchase_date purchased_at purchase_time "
            "sold_at sale_date sales_date invoice_date transaction_date transaction_time transaction_timestamp "
            "transaction_datetime bestelldatum bestellzeit auftragsdatum rechnungsdatum belegdatum bondatum "
            "buchungsdatum verkaufsdatum kaufdatum paid_at created_at created date_commande date_facture date_achat "
            "date_d_achat date_de_commande date_vente date_de_vente placed_at placed_on datetime timestamp date "
            "datum zeitpunkt zeitstempel processed_at event_time day tag"
        ),
        "_time_of_day": "time order_time uhrzeit zeit heure bonzeit time_of_day",
        "promised_at": "promised_at promised_date expected_delivery estimated_delivery liefertermin",
        "delivered_at": "delivered_at delivery_date delivered_on lieferdatum zugestellt_am date_livraison",
    },
    "products": {
        "sku": (
            "sku product_id product_code product_no product_number product_sku article_no article_number article_id "
            "item_id item_no item_code stock_code artikel_nr artikelnummer artikelnr artikel_id ean gtin upc "
            "code_article id"
        ),
        "product_name": (
            "product_name name title product_title item_name article_name produktname artikelname artikelbezeichnung "
            "bezeichnung designation product description"
        ),
        "category": (
            "category product_category product_type department product_group main_category warengruppe kategorie "
            "categorie sortiment type"
        ),
        "subcategory": (
            "subcategory sub_category product_subcategory commodity unterkategorie unterwarengruppe sous_categorie"
        ),
        "brand": "brand brand_name vendor manufacturer marke hersteller marque",
        "unit_cost_amount": (
            "unit_cost_amount unit_cost cost cost_price purchase_price einkaufspreis ek_preis ek cost_of_goods "
            "cost_per_item prix_achat"
        ),
        "launched_at": "launched_at launch_date introduced_at available_from einfuehrung " + CREATED,
    },
    "interactions": {
        "interaction_id": (
            "interaction_id event_id activity_id ticket_id message_id call_id id engagement_id log_id vorgang_id"
        ),
        "customer_ref": CUSTOMER_REF,
        "email": EMAIL,
        "phone": PHONE,
        "channel": "channel kanal medium canal source device_type",
        "kind": (
            "kind event event_type event_name activity_type action interaction_type type category typ art vorgang "
            "engagement_type"
        ),
        "subject": "subject title topic betreff summary subject_line objet " + TEXT_OF,
        "is_machine_generated": "is_machine_generated machine_generated filtered_event is_bot bot automated",
        "occurred_at": OCCURRED,
    },
    "campaign_exposures": {
        "exposure_id": "exposure_id assignment_id send_id id",
        "campaign_id": CAMPAIGN,
        "customer_ref": CUSTOMER_REF,
        "email": EMAIL,
        "arm": "arm treatment group test_group testgruppe variant control_group gruppe experiment_arm",
        "channel": "channel kanal medium campaign_channel canal campaign_type",
        "offer_code": "offer_code offer coupon_code coupon voucher angebot gutscheincode coupon_upc",
        "cost_amount": "cost_amount cost contact_cost kosten",
        "assigned_at": "assigned_at assigned_on sent_at send_date mailing_date contact_date contacted_at exposure_date "
        "versanddatum versendet_am start_date " + OCCURRED,
    },
    "survey_answers": {
        "response_id": "response_id answer_id submission_id respondent_id antwort_id token id response interview_id",
        "survey_id": "survey_id survey survey_name form_id umfrage umfrage_id sondage_id survey_type",
        "question_id": "question_id question question_code frage_id frage question_no item",
        "customer_ref": CUSTOMER_REF,
        "email": EMAIL,
        "phone": PHONE,
        "answer_number": "answer_number answer_value score rating nps nps_score value points wert bewertung note",
        "answer_text": (
            "answer_text answer response_text answer_label antwort reponse comment kommentar feedback verbatim"
        ),
        "answered_at": (
            "answered_at submitted_at completed_at completed recorded_date response_date end_date date_submitted "
            "beantwortet_am abgeschlossen_am landed_at " + OCCURRED
        ),
    },
    "survey_questions": {
        "survey_id": "survey_id survey survey_name form_id umfrage umfrage_id",
        "question_id": "question_id question_code frage_id question_no item_id code id item",
        "question_kind": "question_kind kind question_type type scale_type fragetyp",
        "question_text": "question_text text question label wording title fragetext frage",
        "construct": "construct dimension factor trait konstrukt",
        "scale_min": "scale_min minimum min_value skala_min",
        "scale_max": "scale_max maximum max_value skala_max",
        "is_reversed": "is_reversed reversed reverse_scored reverse_coded negativ_gepolt key",
    },
    "social_interactions": {
        "interaction_id": "interaction_id tweet_id comment_id mention_id message_id id post_id url permalink",
        "platform": "platform network social_network content_source_name source page_type domain plattform netzwerk",
        "author_handle": (
            "author_handle author handle username user_name screen_name author_username author_id from_username "
            "from_id user nutzername"
        ),
        "customer_ref": "customer_ref customer_id kundennummer",
        "email": EMAIL,
        "kind": "kind type interaction_type engagement_type post_type thread_entry_type art",
        "interaction_text": "interaction_text full_text text message body content snippet comment description title",
        "topic": "topic theme category query_name thema tags",
        "sentiment": "sentiment sentiment_score polarity stimmung",
        "followers_count": "followers_count followers follower_count x_followers author_followers",
        "occurred_at": "occurred_at posted_at published_at created_at created_time date timestamp added datum",
    },
    "social_handles": {
        "platform": "platform network social_network source plattform netzwerk",
        "author_handle": "author_handle handle username user_name screen_name account profile nutzername",
        "customer_ref": CUSTOMER_REF,
        "email": EMAIL,
        "display_name": "display_name full_name name profile_name",
        "city": CITY,
    },
    "exchange_rates": {
        "currency_code": (
            "currency_code currency from_currency base_currency source_currency waehrung currency_from foreign_currency"
        ),
        "quote_currency_code": "quote_currency_code quote_currency to_currency target_currency currency_to",
        "rate": "rate exchange_rate fx_rate kurs wechselkurs taux value",
        "rate_date": "rate_date date valid_from day datum effective_date",
    },
}


def role_names(entity: str, role: str) -> tuple[str, ...]:
    """Names of a role of an entity, the surest first."""
    return tuple(ROLES[entity].get(role, role).split())
