"""The words of the views in English and Dutch: questions, headings, filters, values of lists."""
