"""The what-if page: one HTML file that answers from stored worlds when an assumption is moved."""

from sim.page.data import Plan, prepared
from sim.page.document import page_html, write_page

__all__ = ["Plan", "page_html", "prepared", "write_page"]
