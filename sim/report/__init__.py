"""Reports: one self-contained HTML file for a run or a comparison.

Imports Jinja2 and draws charts: import it only when a report is asked for.
"""

from sim.report.compare_page import compare_report
from sim.report.run_page import run_report

__all__ = ["compare_report", "run_report"]
