"""How things show themselves in notebooks: in all their forms at once, of which the notebook takes one it can show."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container


class Shown(ABC):
    """What shows itself in a notebook: as HTML, and in other forms where HTML isn't shown."""

    @abstractmethod
    def _forms(self) -> dict[str, str]:
        """All its forms by MIME type, "text/html" and "text/plain" among them."""

    def _repr_html_(self) -> str:
        return self._forms()["text/html"]

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> dict[str, str]:
        """Its forms: all, or those that are included, less those that are excluded."""
        return {
            kind: form
            for kind, form in self._forms().items()
            if (include is None or kind in include) and (exclude is None or kind not in exclude)
        }
