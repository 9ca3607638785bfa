-- Every product gets the name under which version 2 links to it. Version 1 keeps reading the table meanwhile: no
-- statement here holds a lock for long. The pause stands for the hours that a large table would take.
alter table products add column if not exists slug text;

do $$
declare
    batches constant integer := 10;
begin
    for batch in 0 .. batches - 1 loop
        update products
        set slug = trim(both '-' from lower(regexp_replace(name, '[^[:alnum:]]+', '-', 'g')))
        where slug is null and id % batches = batch;
        commit;
        perform pg_sleep(${pause});
    end loop;
end
$$;
