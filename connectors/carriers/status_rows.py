"""The words of carriers and of those who gather carriers' words, as rows: system, canonical status, the codes.

A further carrier joins by adding its rows here (and its reasons in ``reason_rows``). A code with a slash is a status
with its detail (``failure/refused``). Codes are compared without regard to case.

Sources: EasyPost, AfterShip, 17TRACK, Shippo and Shopify from their own reference pages; UPS, FedEx, DHL, GLS, DPD and
Hermes from the tables of the Karrio project, which are second hand: where a carrier's manual disagrees, it wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.words import TrackingStatus

STATUS_ROWS: Mapping[str, Mapping[TrackingStatus, str]] = {
    "easypost": {
        "unknown": "unknown error",
        "pre_transit": "pre_transit",
        "picked_up": "in_transit/received_at_origin_facility",
        "in_transit": "in_transit",
        "out_for_delivery": "out_for_delivery in_transit/out_for_delivery",
        "available_for_pickup": "available_for_pickup in_transit/arrived_at_pickup_location",
        "delivery_attempted": "in_transit/delivery_exception failure/delivery_exception",
        "exception": "failure in_transit/lost in_transit/damaged in_transit/refused",
        "delivered": "delivered",
        "returning": "return_to_sender in_transit/return failure/return",
        "returned": "return_to_sender/arrived_at_destination return_to_sender/delivered",
        "cancelled": "cancelled",
        "expired": "unknown/expired in_transit/expired pre_transit/expired",
    },
    "aftership": {
        "unknown": "Pending Pending_001 Pending_002 Pending_003 Pending_004 Pending_005 Pending_006",
        "pre_transit": "InfoReceived InfoReceived_001",
        "picked_up": "InTransit_002",
        "in_transit": "InTransit InTransit_001 InTransit_003 InTransit_004 InTransit_005 InTransit_006 InTransit_007 "
        "InTransit_008 InTransit_009",
        "out_for_delivery": "OutForDelivery OutForDelivery_001 OutForDelivery_003 OutForDelivery_004",
        "available_for_pickup": "AvailableForPickup AvailableForPickup_001",
        "delivery_attempted": "AttemptFail AttemptFail_001 AttemptFail_002 AttemptFail_003",
        "exception": "Exception Exception_001 Exception_002 Exception_003 Exception_004 Exception_005 Exception_006 "
        "Exception_007 Exception_008 Exception_009 Exception_012 Exception_013 Exception_016 Exception_017 "
        "Exception_018",
        "delivered": "Delivered Delivered_001 Delivered_002 Delivered_003 Delivered_004 Delivered_005",
        # They hide inside the tag "Exception": an agent must see that the parcel comes back.
        "returning": "Exception_010",
        "returned": "Exception_011",
        "expired": "Expired Expired_001",
    },
    "17track": {
        "unknown": "NotFound NotFound_Other NotFound_InvalidCode",
        "pre_transit": "InfoReceived",
        "picked_up": "InTransit_PickedUp",
        # Exception_Delayed is no trouble with the parcel: it is on its way, late.
        "in_transit": "InTransit InTransit_Other InTransit_Departure InTransit_Arrival InTransit_CustomsProcessing "
        "InTransit_CustomsReleased Exception_Delayed",
        "out_for_delivery": "OutForDelivery OutForDelivery_Other",
        "available_for_pickup": "AvailableForPickup AvailableForPickup_Other",
        "delivery_attempted": "DeliveryFailure DeliveryFailure_Other DeliveryFailure_NoBody DeliveryFailure_Rejected "
        "DeliveryFailure_InvalidAddress DeliveryFailure_Security",
        "exception": "Exception Exception_Other Exception_NoBody Exception_Security Exception_Damage "
        "Exception_Rejected Exception_Lost Exception_Destroyed InTransit_CustomsRequiringInformation",
        "delivered": "Delivered Delivered_Other",
        "returning": "Exception_Returning",
        "returned": "Exception_Returned",
        "cancelled": "Exception_Cancel",
        "expired": "Expired Expired_Other",
    },
    "shippo": {
        "unknown": "UNKNOWN",
        "pre_transit": "PRE_TRANSIT",
        "picked_up": "TRANSIT/package_accepted",
        "in_transit": "TRANSIT",
        "out_for_delivery": "TRANSIT/out_for_delivery",
        "available_for_pickup": "TRANSIT/pickup_available",
        "delivery_attempted": "TRANSIT/delivery_attempted TRANSIT/notice_left TRANSIT/location_inaccessible "
        "FAILURE/delivery_attempted FAILURE/notice_left FAILURE/location_inaccessible",
        "exception": "FAILURE",
        "delivered": "DELIVERED",
        # "En route to be returned, or has been returned": the one that is still watched.
        "returning": "RETURNED TRANSIT/return_to_sender FAILURE/return_to_sender",
    },
    "shopify": {
        "pre_transit": "LABEL_PURCHASED LABEL_PRINTED CONFIRMED",
        "picked_up": "CARRIER_PICKED_UP",
        "in_transit": "IN_TRANSIT DELAYED",
        "out_for_delivery": "OUT_FOR_DELIVERY",
        "available_for_pickup": "READY_FOR_PICKUP",
        "delivery_attempted": "ATTEMPTED_DELIVERY",
        "exception": "FAILURE NOT_DELIVERED",
        "delivered": "DELIVERED PICKED_UP",  # PICKED_UP: by the customer, at the counter
        "cancelled": "LABEL_VOIDED CANCELED",
    },
    "karrio": {
        "unknown": "unknown",
        "pre_transit": "pending",
        "picked_up": "picked_up",
        "in_transit": "in_transit delivery_delayed",
        "out_for_delivery": "out_for_delivery",
        "available_for_pickup": "ready_for_pickup",
        "delivery_attempted": "delivery_failed",
        "exception": "on_hold",
        "delivered": "delivered",
        "returning": "return_to_sender",
        "cancelled": "cancelled",
    },
    "ups": {
        "pre_transit": "M MV MP XD OA DD",  # DD here: data downloaded
        "picked_up": "OR PU OC OG",  # OC here: origin country
        "in_transit": "I DP AA AR AF AL DS IH AP DY DE SD",
        "out_for_delivery": "OT OD OF DL",  # DL here is not "delivered", as it is at FedEx
        "available_for_pickup": "RP UU AC WC",
        "delivery_attempted": "RF UR UF CC",
        "exception": "X EX HX HD HI HS HU NH",
        "delivered": "D FS KB F4",
        "returning": "RS RT RH RU",
        "cancelled": "VD CA CN CV",
    },
    "fedex": {
        "pre_transit": "OC OX EP MD",  # OC here: order created
        "picked_up": "PU PX OF AP",
        "in_transit": "IT IX AA AC AF AR AX DP EA EO FD LO PF PL PM SF TR DY DD PY",  # PL here: plane landed
        "out_for_delivery": "AD ED OD",
        "available_for_pickup": "HL HP",
        "delivery_attempted": "DE",
        "exception": "CD SE HA",
        "delivered": "DL",
        "returning": "RS RT",
        "cancelled": "CA RD",
    },
    "dhl": {  # the unified API's statusCode; its `status` is sometimes a sentence and never read
        "unknown": "unknown",  # no simplified code: it does not mean late
        "pre_transit": "pre-transit",
        "in_transit": "transit",
        "exception": "failure",
        "delivered": "delivered",
    },
    "dhl_express": {
        "picked_up": "PU PL OR",
        "in_transit": "DF AF AR IT TR CC CD IR MD TD UD",
        "out_for_delivery": "WC",
        "delivery_attempted": "CM DM DP DS NH RD RT SS ST",
        "exception": "BA HP OH",
        "delivered": "OK",
    },
    "gls": {
        "pre_transit": "PLANNEDPICKUP INPICKUP PREADVICE",
        "in_transit": "INTRANSIT INWAREHOUSE",
        "out_for_delivery": "INDELIVERY",
        "available_for_pickup": "DELIVEREDPS",  # left at a parcel shop: not with the customer yet
        "delivery_attempted": "NOTPICKEDUP NOTDELIVERED",
        "delivered": "DELIVERED FINAL",
        "cancelled": "CANCELED",
    },
    "dpd": {
        "in_transit": "in_transit",
        "out_for_delivery": "Courier",
        "available_for_pickup": "ParcelShop",
        "delivery_attempted": "DeliveryFailure",
        "delivered": "Delivered",
        "returning": "ReturningFromDelivery",
    },
    "hermes": {
        "pre_transit": "0000",
        "in_transit": "1000 2000 7000",
        "out_for_delivery": "3000",
        "available_for_pickup": "5000",
        "delivery_attempted": "4000 4500",
        "exception": "6000",
        "delivered": "3500",
    },
}

DELAY_ROWS: Mapping[str, str] = {
    "easypost": "in_transit/delayed in_transit/weather_delay pre_transit/delayed out_for_delivery/delayed "
    "failure/delayed failure/weather_delay",
    "aftership": "Exception_004 Exception_005 Exception_016 Exception_017",
    "17track": "Exception_Delayed",
    "shippo": "TRANSIT/delayed TRANSIT/delivery_rescheduled FAILURE/delayed FAILURE/delivery_rescheduled",
    "shopify": "DELAYED",
    "karrio": "delivery_delayed",
    "ups": "DY DE SD",
    "fedex": "DY DD PY",
    "dhl_express": "IR MD TD UD",
    "hermes": "7000",
}
"""Codes by which the carrier says the parcel is late: ``delayed`` besides the status, never a status."""

DETAIL_ROWS: Mapping[str, str] = {
    "easypost": "address_correction arrived_at_destination arrived_at_facility arrived_at_pickup_location "
    "awaiting_information cancelled damaged delayed delivered delivery_exception departed_facility "
    "departed_origin_facility expired failure held in_transit label_created lost missorted out_for_delivery "
    "received_at_destination_facility received_at_origin_facility refused return status_update "
    "transferred_to_destination_carrier transit_exception unknown weather_delay",
    "shippo": "information_received address_issue contact_carrier delayed delivery_attempted delivery_rescheduled "
    "delivery_scheduled location_inaccessible notice_left out_for_delivery package_accepted package_arrived "
    "package_damaged package_departed package_forwarded package_held package_processed package_processing "
    "pickup_available reschedule_delivery delivered return_to_sender package_unclaimed package_undeliverable "
    "package_disposed package_lost other",
}
"""Details a system documents. One that is not here is reported as unmapped though the status beside it stands."""

FAMILIES = frozenset({"aftership", "17track"})
"""Systems whose detail is a code of its own that names its status before an underscore (``Exception_010``)."""
