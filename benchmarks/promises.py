"""What is promised about quality, and whether it was kept in this run."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Promise:
    """One figure that has to be at least, or at most, some value."""

    what: str
    value: float
    limit: float
    is_floor: bool = True

    @property
    def holds(self) -> bool:
        """Whether it was kept."""
        return self.value >= self.limit if self.is_floor else self.value <= self.limit


@dataclass
class Promises:
    """All that were measured, in order."""

    kept: list[Promise] = field(default_factory=list)

    def at_least(self, what: str, value: float, limit: float) -> None:
        """Note a figure that must not be lower."""
        self.kept.append(Promise(what, value, limit))

    def at_most(self, what: str, value: float, limit: float) -> None:
        """Note a figure that must not be higher."""
        self.kept.append(Promise(what, value, limit, is_floor=False))

    def print(self) -> bool:
        """The table; True when all hold."""
        if not self.kept:
            return True
        width = max(len(promise.what) for promise in self.kept)
        print("\nPromises")
        for promise in self.kept:
            sign = ">=" if promise.is_floor else "<="
            verdict = "PASS" if promise.holds else "BROKEN"
            limit = f"{sign} {promise.limit:.2f}"
            print(f"{promise.what:{width}}  {promise.value:6.3f}  {limit}  {verdict}")
        return all(promise.holds for promise in self.kept)
