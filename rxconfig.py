"""Reflex's own settings; no logic."""

import os

import reflex as rx

PORT = int(os.environ.get("BILLING_BUILD_PORT", "3000"))
REDIS = os.environ.get("BILLING_REDIS_URL", "")
ORIGINS = os.environ.get("BILLING_ORIGINS", "http://127.0.0.1:3000,http://localhost:3000")

config = rx.Config(
    app_name="billing_app",
    frontend_port=PORT,
    backend_port=PORT,
    backend_host="127.0.0.1",
    api_url=f"http://localhost:{PORT}",
    deploy_url=f"http://localhost:{PORT}",
    cors_allowed_origins=ORIGINS.split(","),
    frontend_compression_formats=["brotli", "gzip"],
    telemetry_enabled=False,
    show_built_with_reflex=False,
    redis_url=REDIS or None,
    state_manager_mode=(
        rx.constants.StateManagerMode.REDIS if REDIS else rx.constants.StateManagerMode.MEMORY
    ),
    disable_plugins=[rx.plugins.SitemapPlugin],
)
