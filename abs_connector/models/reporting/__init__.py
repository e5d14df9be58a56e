from . import sa_report
