alter table products add column currency text not null default 'EUR';
