"""The chart form of a study: what must be read from each chart, as data, as a workbook and as forms of REDCap."""
