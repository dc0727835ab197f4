"""The figures that the documentation shows, in one file that several runs may fill.

A comparison replaces the one of the same area, database and length that was there before, so that
a part may be measured again; each says when, on what machine and by which command.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from benchmarks.comparison import Comparison, Footprint, Made, Part, Planned, Profile
from benchmarks.measuring import Rate

FILE: Final = Path(__file__).parent.parent / "docs" / "explanation" / "figures.json"


@dataclass(frozen=True, slots=True)
class Run:
    """What one call of the program has in common."""

    measured_on: date
    machine: str
    command: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One comparison that was made."""

    area: str
    database: str
    size: int | None
    comparison: Comparison
    run: Run

    @property
    def place(self) -> tuple[str, str, int]:
        """What it replaces, and where it stands among the others."""
        return self.area, self.database, self.size or 0


@dataclass(frozen=True, slots=True)
class MeasuredFootprint:
    """The memory of one task."""

    footprint: Footprint
    run: Run

    @property
    def place(self) -> tuple[str, str, int]:
        """As with figures."""
        return self.footprint.task, self.footprint.database, self.footprint.size


@dataclass(frozen=True, slots=True)
class TakenProfile:
    """Where the time of one task went."""

    area: str
    database: str
    size: int | None
    profile: Profile
    run: Run

    @property
    def place(self) -> tuple[str, str, int]:
        """As with figures."""
        return self.area, self.database, self.size or 0


@dataclass(frozen=True, slots=True)
class Figures:
    """All of the file, in the order of their places."""

    comparisons: Sequence[Figure] = ()
    footprints: Sequence[MeasuredFootprint] = ()
    profiles: Sequence[TakenProfile] = ()

    def including(self, planned: Planned, made: Made, run: Run) -> "Figures":
        """These, and what was just measured in place of what was there."""
        if isinstance(made, Footprint):
            weighed = MeasuredFootprint(made, run)
            return replace(self, footprints=_replaced(self.footprints, weighed))
        place = planned.area, planned.database, planned.size
        if isinstance(made, Profile):
            taken = TakenProfile(*place, made, run)
            return replace(self, profiles=_replaced(self.profiles, taken))
        return replace(self, comparisons=_replaced(self.comparisons, Figure(*place, made, run)))


def _replaced(found: Iterable[Any], new: Any) -> list[Any]:  # noqa: ANN401 - two kinds, one rule
    kept = [one for one in found if one.place != new.place]
    return sorted([*kept, new], key=lambda one: one.place)


def write_figures(figures: Figures, file: Path = FILE) -> None:
    """Replaces the file as a whole."""
    content = {
        "comparisons": [_line(each) for each in figures.comparisons],
        "footprints": [{**asdict(each.footprint), **_run(each.run)} for each in figures.footprints],
        "profiles": [_profile_line(each) for each in figures.profiles],
    }
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    partial.replace(file)


def _line(figure: Figure) -> dict[str, object]:
    rates = [
        {"name": rate.name, "per_second": [_rounded(each) for each in rate.per_second]}
        for rate in figure.comparison.rates
    ]
    return {
        "area": figure.area,
        "database": figure.database,
        "size": figure.size,
        "title": figure.comparison.title,
        "unit": figure.comparison.unit,
        "rates": rates,
        **_run(figure.run),
    }


def _profile_line(taken: TakenProfile) -> dict[str, object]:
    return {
        "area": taken.area,
        "database": taken.database,
        "size": taken.size,
        "title": taken.profile.title,
        "parts": [
            {"file": part.file, "about": part.about, "share": round(part.share, 4)}
            for part in taken.profile.parts
        ],
        **_run(taken.run),
    }


def _rounded(per_second: float) -> float:
    """Four digits: more would be noise."""
    return float(f"{per_second:.4g}")


def _run(run: Run) -> dict[str, str]:
    return {
        "measured_on": run.measured_on.isoformat(),
        "machine": run.machine,
        "command": run.command,
    }


def read_figures(file: Path = FILE) -> Figures:
    """What `write_figures` wrote; nothing where there is no file yet."""
    if not file.exists():
        return Figures()
    content = json.loads(file.read_text("utf-8"))
    return Figures(
        [_figure(line) for line in content["comparisons"]],
        [_footprint(line) for line in content["footprints"]],
        [_profile(line) for line in content.get("profiles", [])],
    )


def _figure(line: dict[str, Any]) -> Figure:
    rates = [Rate(each["name"], tuple(each["per_second"])) for each in line["rates"]]
    comparison = Comparison(line["title"], line["unit"], rates)
    return Figure(line["area"], line["database"], line["size"], comparison, _read_run(line))


def _footprint(line: dict[str, Any]) -> MeasuredFootprint:
    footprint = Footprint(line["task"], line["database"], line["size"], line["taken_bytes"])
    return MeasuredFootprint(footprint, _read_run(line))


def _profile(line: dict[str, Any]) -> TakenProfile:
    parts = tuple(Part(each["file"], each["about"], each["share"]) for each in line["parts"])
    profile = Profile(line["title"], parts)
    return TakenProfile(line["area"], line["database"], line["size"], profile, _read_run(line))


def _read_run(line: dict[str, Any]) -> Run:
    return Run(date.fromisoformat(line["measured_on"]), line["machine"], line["command"])
