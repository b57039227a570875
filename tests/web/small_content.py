"""A small help center in a git repository with everything that pages treat differently."""

from pathlib import Path

from tests.conftest import run_git

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

FILES: dict[str, str | bytes] = {
    "_site.yml": """\
name: Acme Help
company: Acme Inc.
tagline: Ask Acme
shop_url: https://shop.example.com/
timezone: America/New_York
country: US
popular: [cancel-order]
problem: problem
""",
    "_contacts.yml": """\
departments:
  - slug: general
    name: Front desk
    email: hello@acme.example.com
    default: true
  - slug: shipping
    name: Shipping
    description: Parcels and orders.
    collections: [orders]
    phone: "+1 800 555 0199"
    email: shipping@acme.example.com
    hours: "Mo-Fr 08:00-20:00"
    timezone: America/New_York
    country: US
    reply_time: 4
    languages: [en, fr]
""",
    "orders/_collection.yml": "name: Orders\ndescription: Change and track orders.\nicon: box\norder: 1\n",
    "orders/track-order.md": """\
---
title: Track an order
kind: how-to
summary: See where your order is.
number: 101
aliases: [where-is-my-order]
tags: [tracking]
product: [AC-1]
related: [cancel-order]
questions: [where is my parcel]
---
![A box](images/box.png)

Read the [manual](images/manual.pdf).

## Open the order

Select the order in your account.

## Read the status

The status says where it is.

### Packing

It leaves soon.
""",
    "orders/images/box.png": PNG,
    "orders/images/drawing.svg": SVG,
    "orders/images/manual.pdf": b"%PDF-1.4 small",
    "orders/cancel-order.md": """\
---
title: Cancel an order
number: 102
summary: Stop an order before it ships.
---
Select Cancel. ![A drawing](images/drawing.svg)
""",
    "orders/express/_collection.yml": "name: Express\n",
    "orders/express/same-day.md": "---\ntitle: Same-day delivery\n---\nOrder before noon.\n",
    "orders/problem.md": "---\ntitle: When something is wrong\n---\nStart here.\n",
    "orders/old-app.md": "---\ntitle: The old ordering app\nstate: archived\n---\nGone.\n",
    "orders/coming.md": "---\ntitle: Coming soon\nstate: draft\n---\nUnfinished gizmo.\n",
    "orders/hostile.md": """\
---
title: "Braces {{7*7}} & <b>tags</b>"
summary: "<script>alert(1)</script> {{7*7}}"
---
Text.
""",
    "notes/_collection.yml": "name: Phone notes\ninternal: true\n",
    "notes/refund-limit.md": """\
---
title: Refund limit
state: internal
product: [X-9]
number: 900
aliases: [limits]
---
Up to 100 dollars of zebra vouchers. ![Table](images/limit.png)
""",
    "notes/images/limit.png": PNG + b"internal",
    "policies/_collection.yml": "name: Policies\n",
    "news/_collection.yml": "name: Bulletins\n",
    "news/strike.md": """\
---
title: Parcel strike
kind: bulletin
effective_from: 2026-11-20
effective_until: 2026-11-30
---
Parcels are late.
""",
    "news/past.md": """\
---
title: Past outage
kind: bulletin
effective_from: 2026-01-02
effective_until: 2026-01-03
---
It is over.
""",
}

POLICY = """\
---
title: Returns policy
kind: policy
effective_from: {day}
reviewed: 2026-10-01
---
You have {days} days.
"""


def write_small_content(folder: Path) -> None:
    """Write the files and commit them; the policy has an earlier version."""
    for path, text in FILES.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    policy = folder / "policies" / "returns.md"
    policy.parent.mkdir(exist_ok=True)
    run_git(folder, "init", "-q")
    for day, days in (("2025-01-01", 14), ("2026-02-01", 30)):
        policy.write_text(POLICY.format(day=day, days=days), encoding="utf-8")
        run_git(folder, "add", ".")
        run_git(folder, "commit", "-q", "-m", f"{days} days")
