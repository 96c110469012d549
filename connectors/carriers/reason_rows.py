"""Why a parcel is late or in trouble: the reasons of Karrio's families, and the codes and words that tell them.

A reason is only said where the code or the carrier's own sentence says it; "" means the carrier did not say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REASONS = frozenset(
    {
        "carrier_damaged_parcel",
        "carrier_sorting_error",
        "carrier_address_not_found",
        "carrier_parcel_lost",
        "carrier_vehicle_issue",
        "carrier_capacity_exceeded",
        "retailer_incorrect_data",
        "retailer_not_ready",
        "retailer_packaging_issue",
        "retailer_cancelled",
        "consignee_refused",
        "consignee_not_home",
        "consignee_business_closed",
        "consignee_incorrect_address",
        "consignee_access_restricted",
        "customs_delay",
        "customs_documentation",
        "customs_duties_unpaid",
        "customs_inspection",
        "customs_prohibited",
        "weather_delay",
        "natural_disaster",
        "security_issue",
        "regulatory_hold",
        "unknown",
    }
)

REASON_ROWS: Mapping[str, Mapping[str, str]] = {
    "easypost": {
        "carrier_damaged_parcel": "damaged",
        "carrier_sorting_error": "missorted",
        "carrier_parcel_lost": "lost",
        "consignee_incorrect_address": "address_correction",
        "consignee_refused": "refused",
        "retailer_incorrect_data": "awaiting_information",
        "weather_delay": "weather_delay",
    },
    "aftership": {
        "consignee_incorrect_address": "Exception_002 Exception_007",
        "consignee_refused": "Exception_003",
        "customs_delay": "Exception_004",
        "customs_duties_unpaid": "Exception_006",
        "consignee_not_home": "Exception_008 AttemptFail_002",
        "consignee_business_closed": "AttemptFail_003",
        "carrier_damaged_parcel": "Exception_012",
        "carrier_parcel_lost": "Exception_013",
        "carrier_sorting_error": "Exception_016",
        "weather_delay": "Exception_017",
        "customs_documentation": "Exception_018",
    },
    "17track": {
        "consignee_not_home": "DeliveryFailure_NoBody",
        "consignee_incorrect_address": "DeliveryFailure_InvalidAddress Exception_NoBody",
        "consignee_refused": "DeliveryFailure_Rejected Exception_Rejected",
        "security_issue": "DeliveryFailure_Security Exception_Security",
        "carrier_damaged_parcel": "Exception_Damage",
        # Destroyed has no reason of its own: to the customer it is gone for good, as a lost one is.
        "carrier_parcel_lost": "Exception_Lost Exception_Destroyed",
        "customs_documentation": "InTransit_CustomsRequiringInformation",
    },
    "shippo": {
        "consignee_incorrect_address": "address_issue",
        "consignee_access_restricted": "location_inaccessible",
        "carrier_damaged_parcel": "package_damaged",
        "carrier_parcel_lost": "package_lost package_disposed",
    },
    "fedex": {"customs_delay": "CD"},
    "dhl_express": {
        "consignee_incorrect_address": "BA CM",
        "carrier_damaged_parcel": "DM",
        "consignee_not_home": "NH",
        "consignee_refused": "RD",
        "customs_delay": "CD UD",
    },
    "dpd": {
        "carrier_damaged_parcel": "DMG DAMAGED",
        "carrier_sorting_error": "MISROUTED",
        "carrier_address_not_found": "ADDRESS_NOT_FOUND",
        "carrier_parcel_lost": "LOST",
        "carrier_vehicle_issue": "VEHICLE_ISSUE",
        "consignee_refused": "REFUSED REJECTED",
        "consignee_business_closed": "BUSINESS_CLOSED",
        "consignee_not_home": "NOT_HOME RECIPIENT_ABSENT",
        "consignee_incorrect_address": "INCORRECT_ADDRESS WRONG_ADDRESS",
        "consignee_access_restricted": "ACCESS_RESTRICTED",
        "customs_delay": "CUSTOMS_DELAY CUSTOMS_HOLD",
        "customs_documentation": "CUSTOMS_DOCS",
        "customs_duties_unpaid": "DUTIES_UNPAID",
        "weather_delay": "WEATHER",
        "natural_disaster": "NATURAL_DISASTER",
    },
}

PHRASES: tuple[tuple[str, str], ...] = (
    # (what the carrier's sentence holds, the reason); the first that fits wins, so the exact stands before the broad
    ("prohibited", "customs_prohibited"),
    ("import duties", "customs_duties_unpaid"),
    ("duties and taxes", "customs_duties_unpaid"),
    ("customs document", "customs_documentation"),
    ("missing document", "customs_documentation"),
    ("incomplete document", "customs_documentation"),
    ("customs inspection", "customs_inspection"),
    ("customs delay", "customs_delay"),
    ("clearance delay", "customs_delay"),
    ("held in customs", "customs_delay"),
    ("held by customs", "customs_delay"),
    ("refused", "consignee_refused"),
    ("no access", "consignee_access_restricted"),
    ("business closed", "consignee_business_closed"),
    ("business was closed", "consignee_business_closed"),
    ("no one was home", "consignee_not_home"),
    ("not at home", "consignee_not_home"),
    ("no authorized recipient", "consignee_not_home"),
    ("recipient not available", "consignee_not_home"),
    ("recipient was not available", "consignee_not_home"),
    ("incorrect address", "consignee_incorrect_address"),
    ("insufficient address", "consignee_incorrect_address"),
    ("incomplete address", "consignee_incorrect_address"),
    ("no such number", "carrier_address_not_found"),
    ("address not found", "carrier_address_not_found"),
    ("damaged", "carrier_damaged_parcel"),
    ("missorted", "carrier_sorting_error"),
    ("misrouted", "carrier_sorting_error"),
    ("missent", "carrier_sorting_error"),
    ("mechanical", "carrier_vehicle_issue"),
    ("natural disaster", "natural_disaster"),
    ("weather", "weather_delay"),
)
"""Sentences of carriers, for the systems whose codes do not tell the reason (EasyPost passes the sentence on)."""
