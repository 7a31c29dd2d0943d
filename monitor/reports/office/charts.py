"""Excel's own charts: their rows of numbers and their looks."""

from __future__ import annotations

from typing import Any

from alerts.words import Words


def series_of(
    sheet: str, name: str | list[str | int], heads: int, row: int, first: int, last: int
) -> dict[str, Any]:
    """Return a row of *sheet* as a series: heads in row *heads*, numbers from *first* to *last*."""
    return {
        "name": name,
        "categories": [sheet, heads, first, heads, last],
        "values": [sheet, row, first, row, last],
        "gap": 80,
    }


def dressed(chart: Any, title: str, words: Words) -> None:
    """Give *chart* its title, its legend and an axis that counts posts."""
    chart.set_title({"name": title, "name_font": {"size": 12, "bold": False}})
    chart.set_legend({"position": "bottom"})
    chart.set_y_axis(
        {
            "major_gridlines": {"visible": True, "line": {"color": "#E3E6EA"}},
            "num_format": "0",
            "name": words.text("(posts)"),
            "min": 0,
            "name_font": {"bold": False, "size": 9},
        }
    )
