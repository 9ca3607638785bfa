update products set price = 0;
alter table products drop column currency;
select 1/0 as "a mistake";
