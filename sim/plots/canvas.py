"""A canvas on which a text is laid out once, and a picture without transparency."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg, get_hinting_flag
from matplotlib.font_manager import FontProperties, findfont, get_font
from PIL import Image


@lru_cache(4096)
def _set(text: str, font: FontProperties, dpi: float) -> tuple[Any, ...]:
    """A line of text as a picture, where that stands, and its width, height and descent."""
    face = get_font(findfont(font))
    face.set_size(font.get_size_in_points(), dpi)
    face.set_text(text, 0.0, flags=get_hinting_flag())
    face.draw_glyphs_to_bitmap(antialiased=True)
    size = *face.get_width_height(), face.get_descent(), *face.get_bitmap_offset()
    return face.get_image().copy(), *(number / 64.0 for number in size)


class _Renderer(RendererAgg):
    """Matplotlib lays a text out to measure it and again to draw it, glyph by glyph."""

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)
        _, width, height, descent, _, _ = _set(s, prop, self.dpi)
        return width, height, descent

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: FontProperties, angle: float,
        ismath: Any = False, mtext: Any = None,
    ) -> None:  # fmt: skip
        if ismath:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        image, _, _, descent, left, below = _set(s, prop, self.dpi)
        turned = math.radians(angle)
        x, y = x + left + descent * math.sin(turned), y + below + descent * math.cos(turned)
        self._renderer.draw_text_image(image, round(x), round(y) + 1, angle, gc)


class Canvas(FigureCanvasAgg):
    """Draws as Matplotlib does, in two thirds of the time."""

    def get_renderer(self) -> RendererAgg:
        key = (*self.figure.bbox.size, self.figure.dpi)
        if getattr(self, "_key", None) != key:
            self._key, self.renderer = key, _Renderer(*key)
        return self.renderer

    def print_png(self, filename_or_obj: Any, **_: Any) -> None:
        """Without transparency; little compression costs a few per cent of space."""
        self.draw()
        dpi = (self.figure.dpi, self.figure.dpi)
        picture = Image.fromarray(np.asarray(self.buffer_rgba())[..., :3])
        picture.save(filename_or_obj, "png", dpi=dpi, compress_level=2)
