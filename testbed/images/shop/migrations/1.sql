create table products (id integer primary key, name text not null, price numeric not null);
insert into products values (1, 'apple', 1.20), (2, 'pear', 1.50);
