create table products (
    id bigint generated always as identity primary key,
    name text not null,
    price_cents integer not null check (price_cents > 0)
);

insert into products (name, price_cents)
select 'Product No. ' || n, 100 + n % 900
from generate_series(1, 5000) as n;
