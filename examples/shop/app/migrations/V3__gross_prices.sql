-- This one has a mistake that no compiler finds: there is no column tax_rate.
alter table products add column gross_cents integer;

update products set gross_cents = round(price_cents * (1 + tax_rate));
