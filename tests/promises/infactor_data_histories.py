"""Histories of what InFactor keeps, of whom and how long: INF-01, INF-04 and INF-05."""

from typing import Final

from tests.histories import day
from tests.promises.infactor_steps import (
    CUSTOMER,
    contract,
    deleted,
    kept_for,
    prospect,
    stored,
    web,
)
from tests.promises.judging import Story, parameter_set

_ALL_SET: Final = (parameter_set("INF-04", days=365),)
_SEVEN_YEARS: Final = kept_for("invoices", "P7Y", trigger="contract-ended", basis="awr-52")
_TWO_CATEGORIES: Final = web(
    "data.stored",
    10,
    data_categories=["contact-data", "interests"],
    subject_categories=["prospective-customers"],
    customer_id=CUSTOMER,
)

DATA: Final = (
    Story(
        promise_id="INF-01",
        told="each category of the people it is for",
        verdict="kept",
        events=[
            stored(1, "financial-data", "customers", "staff"),
            stored(2, "account-data", "customers", content_classes=["administrator-account"]),
            stored(3, "identity-data", "former-staff"),
        ],
    ),
    Story(
        promise_id="INF-01",
        told="identity data of a customer",
        verdict="broken",
        events=[stored(1, "identity-data", "staff"), stored(2, "identity-data", "customers")],
    ),
    Story(
        promise_id="INF-01",
        told="financial data of visitors",
        verdict="broken",
        events=[stored(1, "financial-data", "customers", "visitors")],
    ),
    Story(
        promise_id="INF-01",
        told="an ordinary account",
        verdict="broken",
        events=[stored(1, "account-data", "customers", content_classes=["user-account"])],
    ),
    Story(
        promise_id="INF-01",
        told="nobody says whose identity data",
        verdict="undeterminable",
        events=[stored(1, "identity-data")],
    ),
    Story(
        promise_id="INF-04",
        told="deleted within the rule of its category",
        verdict="kept",
        decisions=_ALL_SET,
        events=[kept_for("contact-data", "P1M"), prospect(10), deleted(30)],
    ),
    Story(
        promise_id="INF-04",
        told="kept beyond the rule of its category",
        verdict="broken",
        decisions=_ALL_SET,
        events=[kept_for("contact-data", "P1M"), prospect(10), deleted(60)],
    ),
    Story(
        promise_id="INF-04",
        told="one category of two has no rule, and no number was set",
        verdict="undeterminable",
        events=[kept_for("contact-data", "P1M"), _TWO_CATEGORIES, deleted(30)],
    ),
    Story(
        promise_id="INF-04",
        told="each category of two has a rule",
        verdict="kept",
        decisions=_ALL_SET,
        events=[
            kept_for("contact-data", "P1M"),
            kept_for("interests", "P1M"),
            _TWO_CATEGORIES,
            deleted(30),
        ],
    ),
    Story(
        promise_id="INF-04",
        told="only another category was deleted",
        verdict="broken",
        decisions=_ALL_SET,
        events=[
            kept_for("contact-data", "P1M"),
            prospect(10),
            deleted(30, data_categories=["visit-data"]),
        ],
    ),
    Story(
        promise_id="INF-04",
        told="a contract followed",
        verdict="kept",
        decisions=_ALL_SET,
        events=[kept_for("contact-data", "P1M"), prospect(10), contract("started", 20)],
    ),
    Story(
        promise_id="INF-04",
        told="a contract runs already",
        verdict="kept",
        decisions=_ALL_SET,
        events=[kept_for("contact-data", "P1M"), contract("started", 5), prospect(10)],
    ),
    Story(
        promise_id="INF-04",
        told="a legal hold stands",
        verdict="pending",
        decisions=_ALL_SET,
        events=[
            kept_for("contact-data", "P1M"),
            prospect(10),
            web("legal_hold.placed", 20, hold_id="H-1", customer_id=CUSTOMER, basis="claim"),
        ],
    ),
    Story(
        promise_id="INF-04",
        told="the days that were set count where a category has no rule",
        verdict="broken",
        decisions=(parameter_set("INF-04", days=14),),
        events=[prospect(10), deleted(30)],
    ),
    Story(
        promise_id="INF-04",
        told="no rule and no days",
        verdict="undeterminable",
        events=[prospect(10), deleted(11)],
    ),
    Story(
        promise_id="INF-05",
        told="deleted on the day the contract ended",
        verdict="kept",
        events=[contract("started", 1), contract("ended", 40.25), deleted(40.75)],
    ),
    Story(
        promise_id="INF-05",
        told="kept after the contract without a law that asks for it",
        verdict="broken",
        events=[contract("started", 1), contract("ended", 40.25), deleted(45)],
    ),
    Story(
        promise_id="INF-05",
        told="the law asks for seven years",
        verdict="pending",
        events=[_SEVEN_YEARS, contract("started", 1), contract("ended", 40)],
    ),
    Story(
        promise_id="INF-05",
        told="gone within the seven years of the law",
        verdict="kept",
        events=[_SEVEN_YEARS, contract("ended", 40), deleted(40 + 7 * 365)],
        as_of=day(4000),
    ),
    Story(
        promise_id="INF-05",
        told="kept beyond the seven years of the law",
        verdict="broken",
        events=[_SEVEN_YEARS, contract("ended", 40), deleted(40 + 7 * 366)],
        as_of=day(4000),
    ),
)
