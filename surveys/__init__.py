"""The survey engine: questions, rules, versions and answers. It knows neither Flask nor consult."""
