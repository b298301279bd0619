"""Our own company: changed with care, and papers keep what they said."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from billing_app.domain.errors import Conflict, Forbidden, Invalid, NotFound
from billing_app.persistence.tables import AuditEntry, Company, Snapshot
from billing_app.services.company_records import (
    MAX_LOGO,
    CompanyFacts,
    company_logo,
    get_company,
    keep_logo,
    own_companies,
    save_company,
)


def picture(kind="PNG"):
    file = io.BytesIO()
    Image.new("RGB", (8, 4), "navy").save(file, kind)
    return file.getvalue()


def test_a_change_is_kept_with_its_history_and_acts_on_later_papers_only(w):
    ctx = w.ctx("admin")
    before = w.posted()
    ((key, name),) = own_companies(ctx)
    found = get_company(ctx, key)
    assert (name, found.facts.iban) == ("Aldermoor GmbH", "DE89370400440532013000")
    typed = replace(
        found.facts, name="Aldermoor SE", iban=" gb29 nwbk 6016 1331 9268 19", country="de"
    )
    save_company(ctx, key, typed, version=found.version)
    again = get_company(ctx, key)
    assert again.version == found.version + 1
    assert (again.facts.iban, again.facts.country) == ("GB29NWBK60161331926819", "DE")
    (entry,) = [one for one in w.all(AuditEntry) if one.entity == "company"]
    assert '"name": "Aldermoor SE"' in entry.after
    assert "street" not in entry.after  # only what changed
    after = w.posted()
    papers = {row.invoice_id: row.content for row in w.all(Snapshot)}
    assert "Aldermoor GmbH" in papers[before]
    assert "Aldermoor SE" not in papers[before]
    assert "Aldermoor SE" in papers[after]


def test_every_field_that_cannot_be_kept_says_why_and_nothing_is_changed(w):
    ctx = w.ctx("admin")
    wrong = CompanyFacts(
        " ", country="Germany", email="nobody", iban="DE89370400440532013001", bic="X"
    )
    with pytest.raises(Invalid) as told:
        save_company(ctx, 1, wrong, version=1)
    assert set(told.value.fields) == {"name", "country", "email", "iban", "bic"}
    assert get_company(ctx, 1).facts.name == "Aldermoor GmbH"
    assert get_company(ctx, 1).version == 1


def test_who_saves_second_is_told_and_overwrites_nothing(w):
    ctx = w.ctx("admin")
    facts = get_company(ctx, 1).facts
    save_company(ctx, 1, replace(facts, city="Bremen"), version=1)
    with pytest.raises(Conflict, match="Somebody else changed"):
        save_company(w.ctx("owner"), 1, replace(facts, city="Kiel"), version=1)
    assert get_company(ctx, 1).facts.city == "Bremen"
    with pytest.raises(NotFound):
        save_company(ctx, 99, facts, version=1)


@pytest.mark.parametrize("who", ["accounting", "viewer", "a90"])
def test_the_record_is_for_administrators(lite, who):
    ctx = lite.ctx(who)
    facts = CompanyFacts("Mine")
    for ask in (
        lambda: own_companies(ctx),
        lambda: get_company(ctx, 1),
        lambda: save_company(ctx, 1, facts, version=1),
        lambda: keep_logo(ctx, 1, picture()),
        lambda: company_logo(ctx, 1),
    ):
        with pytest.raises(Forbidden):
            ask()


@pytest.mark.parametrize(("kind", "media"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_a_logo_is_printed_until_it_is_removed(w, kind, media):
    ctx = w.ctx("admin")
    with pytest.raises(NotFound):
        company_logo(ctx, 1)
    keep_logo(ctx, 1, picture(kind))
    assert company_logo(ctx, 1) == (picture(kind), media)
    assert get_company(ctx, 1).has_logo
    with_logo = w.posted()
    keep_logo(ctx, 1, b"")
    without = w.posted()
    papers = {row.invoice_id: row.content for row in w.all(Snapshot)}
    assert len(papers[with_logo]) > len(papers[without])
    assert w.all(Company)[0].logo is None


@pytest.mark.parametrize(
    "content", [b"GIF89a", b"<svg/>", picture()[:20], b"\xff\xd8\xff" + b"x" * 40]
)
def test_what_cannot_be_printed_is_no_logo(lite, content):
    with pytest.raises(Invalid, match="no PNG or JPEG"):
        keep_logo(lite.ctx("admin"), 1, content)
    with pytest.raises(Invalid, match="64 KB"):
        keep_logo(lite.ctx("admin"), 1, picture() + b"\0" * MAX_LOGO)
    assert not get_company(lite.ctx("admin"), 1).has_logo
