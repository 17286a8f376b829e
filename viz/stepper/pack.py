"""A page's program made smaller: words that come again and again are written once, and then as a single character.

Pages are sent by mail and stand in notebooks many times over, so their size counts. The browser's own decompression
would answer late, when a page is already shown; this one is a replacement that JavaScript makes at once.
"""

from __future__ import annotations

import re
from collections import Counter

#: Characters of two bytes that no program of ours holds; each stands for a word.
_FIRST, _LAST = 0x100, 0x3FF


def packed_program(source: str) -> str:
    """A script that writes `source` out again and runs it; `source` itself where it holds the characters needed."""
    if re.search(rf"[{chr(_FIRST)}-{chr(_LAST)}]", source):
        return source
    counts = Counter(re.findall(r"[A-Za-z_]\w+", source))
    gains = {word: count * (len(word) - 2) - len(word) - 1 for word, count in counts.items()}
    words = sorted((word for word in gains if gains[word] > 0), key=lambda word: (-gains[word], word))
    words = words[: _LAST - _FIRST + 1]
    code = {word: chr(_FIRST + i) for i, word in enumerate(words)}
    short = re.sub(r"[A-Za-z_]\w+", lambda found: code.get(found[0], found[0]), source)
    literal = short.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return (
        f"(() => {{ const words = '{' '.join(words)}'.split(' '); const s = document.createElement('script');\n"
        f"s.text = '{literal}'.replace(/[\\u0{_FIRST:x}-\\u0{_LAST:x}]/g, c => words[c.charCodeAt() - {_FIRST}]);\n"
        "document.head.append(s); s.remove(); })();"
    )
