"""What stands in the head of every page: icon, font, keys."""

import reflex as rx

HEAD = [
    rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
    rx.el.link(
        rel="preload",
        href="/fonts/inter-400.woff2",
        custom_attrs={"as": "font"},
        type="font/woff2",
        cross_origin="anonymous",
    ),
    rx.el.script(src="/keys.js", defer=True),
    rx.el.script(src="/pay.js", defer=True),
]
