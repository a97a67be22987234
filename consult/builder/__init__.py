"""Making surveys in the browser: sections and questions, in all languages side by side."""
