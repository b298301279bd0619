"""A portal site's own settings: one JSON object (ERP-13)."""

import json

from billing_app.domain.errors import Invalid


def site_settings(text: str) -> dict[str, object]:
    """A portal site's settings. Raises: Invalid (CC008) for anything but one JSON object."""
    if not text.strip():
        return {}
    try:
        parsed = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Invalid.of(
            "settings_json", f"CC008: The settings are not valid JSON ({error})."
        ) from error
    if not isinstance(parsed, dict):
        raise Invalid.of("settings_json", "CC008: The settings must be one JSON object.")
    for key in ("InvoiceDocumentTypes", "OrderDocumentTypes"):
        value = parsed.get(key)
        if value is not None and not (
            isinstance(value, list) and all(isinstance(item, str) for item in value)
        ):
            raise Invalid.of("settings_json", f"CC008: {key} must be an array of texts.")
    for key in ("HideLines", "IsOrdersEnabled", "IsDisputesEnabled"):
        if not isinstance(parsed.get(key, False), bool):
            raise Invalid.of("settings_json", f"CC008: {key} must be true or false.")
    return parsed
