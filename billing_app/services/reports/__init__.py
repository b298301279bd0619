"""Reports: what is owed and how old it is, and what months brought (SPEC 6.4, CRM-29, CRM-30)."""
