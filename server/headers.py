"""What a browser is told beside every answer, our pages and our files alike (C-15, T-20)."""

from __future__ import annotations

from config.settings import WebSettings

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_TWO_YEARS = "max-age=63072000; includeSubDomains"


def of_files(told: WebSettings) -> dict[str, str]:
    """For scripts, styles and icons: opened by themselves they may load and frame nothing."""
    return {
        **_everywhere(told),
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    }


def of_answers(told: WebSettings, *, framed: bool) -> dict[str, str]:
    """For whatever a view, or a refusal, answers."""
    return {
        **_everywhere(told),
        "Content-Security-Policy": _content_policy(told, framed=framed),
        "Permissions-Policy": (
            "camera=(self), microphone=(self), display-capture=(self), "
            "screen-wake-lock=(self), geolocation=(), payment=(), usb=()"
        ),
        "Cache-Control": "no-store",
    }


def _everywhere(told: WebSettings) -> dict[str, str]:
    return _ALWAYS if told.demo else {**_ALWAYS, "Strict-Transport-Security": _TWO_YEARS}


def _content_policy(told: WebSettings, *, framed: bool) -> str:
    sockets = [n.public_url.replace("http", "ws", 1) for n in told.signaling_nodes.values()]
    connect = " ".join(["'self'", *sockets, told.media_url])
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "media-src 'self' blob: mediastream:",
            f"connect-src {connect}",
            "frame-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'self'" if framed else "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
