"""A portal site's settings: one JSON object, kept whole, and told where it means nothing."""

import pytest

from billing_app.domain.errors import Conflict, Forbidden, Invalid, NotFound
from billing_app.persistence.tables import PortalSite
from billing_app.services.portal_tables import saved_view, show_table
from billing_app.services.sites import list_sites, save_site


@pytest.mark.spec("ERP-13", "ERP-11")
@pytest.mark.parametrize(
    "text",
    ["{", "[]", '"x"', "{'a': 1}", '{"InvoiceDocumentTypes": "1"}', '{"InvoiceDocumentTypes": [1]}',
     '{"HideLines": "yes"}', "[" * 9_000],
)  # fmt: skip
def test_anything_but_one_object_is_cc008_and_changes_nothing(w, text):
    with pytest.raises(Invalid, match="CC008"):
        save_site(w.ctx("admin"), 1, text, before="{}")
    assert w.all(PortalSite)[0].settings_json == "{}"


@pytest.mark.spec("ERP-10", "ERP-11", "ERP-12", "ERP-14", "6.8")
def test_an_administrator_restricts_the_list_at_once_and_hears_of_what_means_nothing(w):
    w.posted()
    credit = w.posted(document_type_id=w.type_id("CRO"))
    wanted = f'{{"InvoiceDocumentTypes": ["{w.type_id("CRO")}", "999"], "NewOrder": 1}}'
    told = save_site(w.ctx("admin"), 1, wanted, before="{}")
    assert [word for word in ("999", "NewOrder") if any(word in text for text in told)] == [
        "999",
        "NewOrder",
    ]
    ctx = w.ctx("a40")
    rows = show_table(ctx, "invoices", saved_view(ctx, "invoices")).seen.rows
    assert [row["id"] for row in rows] == [credit]
    (site,), types = list_sites(w.ctx("admin"))
    assert site.settings_json == wanted, "unknown keys are kept"
    assert site.warnings == told
    assert "Credit Note" in dict(types).values()
    save_site(w.ctx("admin"), 1, "", before=wanted)
    assert show_table(ctx, "invoices", saved_view(ctx, "invoices")).seen.whole.count == 2


def test_who_was_slower_is_told_and_only_administrators_ask(w):
    save_site(w.ctx("owner"), 1, '{"HideLines": true}', before="{}")
    with pytest.raises(Conflict):
        save_site(w.ctx("admin"), 1, "{}", before="{}")
    with pytest.raises(NotFound):
        save_site(w.ctx("admin"), 99, "{}", before="{}")
    for who in ("accounting", "a90"):
        with pytest.raises(Forbidden):
            list_sites(w.ctx(who))
        with pytest.raises(Forbidden):
            save_site(w.ctx(who), 1, "{}", before="{}")
