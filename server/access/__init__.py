"""Who may do what: pure rules over roles and relations; everybody may ask."""
