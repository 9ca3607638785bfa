package net.coderanger.migrations.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which line of a failed tool's output says why? */
class HeadlineTest {

    @Test
    void flyway() {
        assertThat(Headline.of("""
                        Flyway OSS Edition 10.17.1 by Redgate
                        Database: jdbc:postgresql://db:5432/shop (PostgreSQL 15.8)
                        Current version of schema "public": 1
                        Migrating schema "public" to version "2 - add price"
                        ERROR: Migration of schema "public" to version "2 - add price" failed! Changes successfully rolled back.
                        ERROR: Script V2__add_price.sql failed
                        ------------------------------
                        SQL State  : 42P01
                        Error Code : 0
                        Message    : ERROR: relation "orders" does not exist
                        Location   : db/migration/V2__add_price.sql (/flyway/sql/V2__add_price.sql)
                        Line       : 1
                        Statement  : ALTER TABLE orders ADD COLUMN price numeric NOT NULL
                        """)).isEqualTo("Message    : ERROR: relation \"orders\" does not exist");
    }

    @Test
    void flyway_on_oracle() {
        assertThat(Headline.of("""
                        SQL State  : 42000
                        Error Code : 942
                        Message    : ORA-00942: table or view does not exist
                        Line       : 1
                        """)).isEqualTo("Message    : ORA-00942: table or view does not exist");
    }

    @Test
    void flyway_in_spring_boot() {
        assertThat(Headline.of("""
                        Caused by: org.flywaydb.core.internal.command.DbMigrate$FlywayMigrateException: Script V2__add_price.sql failed
                        \tat org.flywaydb.core.internal.command.DbMigrate.doMigrateGroup(DbMigrate.java:401)
                        \t... 18 common frames omitted
                        Caused by: org.postgresql.util.PSQLException: ERROR: relation "orders" does not exist
                        \tat org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2725)
                        \tat org.postgresql.jdbc.PgStatement.execute(PgStatement.java:401)
                        \t... 30 common frames omitted

                        """))
                .isEqualTo("Caused by: org.postgresql.util.PSQLException: ERROR: relation \"orders\" does not exist");
    }

    @Test
    void django() {
        assertThat(Headline.of("""
                        Operations to perform:
                          Apply all migrations: admin, auth, shop
                        Running migrations:
                          Applying shop.0002_price...Traceback (most recent call last):
                          File "/usr/lib/python3.12/site-packages/django/db/backends/utils.py", line 105, in _execute
                            return self.cursor.execute(sql, params)
                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                        psycopg.errors.UndefinedTable: relation "shop_order" does not exist

                        The above exception was the direct cause of the following exception:

                        Traceback (most recent call last):
                          File "/app/manage.py", line 22, in <module>
                            main()
                        django.db.utils.ProgrammingError: relation "shop_order" does not exist
                        LINE 1: ALTER TABLE "shop_order" ADD COLUMN "price" numeric
                                            ^
                        """))
                .isEqualTo("django.db.utils.ProgrammingError: relation \"shop_order\" does not exist");
    }

    @Test
    void rails() {
        assertThat(Headline.of("""
                        == 20260301120000 AddPriceToOrders: migrating =================================
                        -- add_column(:orders, :price, :decimal)
                        bin/rails aborted!
                        StandardError: An error has occurred, this and all later migrations canceled:

                        PG::UndefinedTable: ERROR:  relation "orders" does not exist
                        /app/db/migrate/20260301120000_add_price_to_orders.rb:3:in 'AddPriceToOrders#change'
                        /app/bin/rails:4:in '<main>'

                        Caused by:
                        ActiveRecord::StatementInvalid: PG::UndefinedTable: ERROR:  relation "orders" does not exist
                        /app/db/migrate/20260301120000_add_price_to_orders.rb:3:in 'AddPriceToOrders#change'
                        Tasks: TOP => db:migrate
                        (See full trace by running task with --trace)
                        """))
                .isEqualTo(
                        "ActiveRecord::StatementInvalid: PG::UndefinedTable: ERROR:  relation \"orders\" does not exist");
    }

    @Test
    void liquibase() {
        assertThat(Headline.of("""
                        Running Changeset: db/changelog/002-price.xml::add-price::bob
                        ERROR: Exception Details
                        ERROR: Exception Primary Class:  PSQLException
                        ERROR: Exception Primary Reason:  ERROR: relation "orders" does not exist
                        ERROR: Exception Primary Source:  PostgreSQL 15.8

                        Unexpected error running Liquibase: Migration failed for changeset db/changelog/002-price.xml::add-price::bob:
                             Reason: liquibase.exception.DatabaseException: ERROR: relation "orders" does not exist [Failed SQL: (0) ALTER TABLE orders ADD price numeric]

                        For more information, please use the --log-level flag
                        """))
                .isEqualTo(
                        "Reason: liquibase.exception.DatabaseException: ERROR: relation \"orders\" does not exist [Failed SQL: (0) ALTER TABLE orders ADD price numeric]");
    }

    @Test
    void alembic() {
        assertThat(Headline.of("""
                        INFO  [alembic.runtime.migration] Running upgrade 1a2b -> 3c4d, add price
                        Traceback (most recent call last):
                          File "/usr/lib/python3.12/site-packages/sqlalchemy/engine/base.py", line 1967, in _exec_single_context
                            self.dialect.do_execute(
                        sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) relation "orders" does not exist

                        [SQL: ALTER TABLE orders ADD COLUMN price NUMERIC]
                        (Background on this error at: https://sqlalche.me/e/20/f405)
                        """))
                .isEqualTo(
                        "sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) relation \"orders\" does not exist");
    }

    @Test
    void prisma() {
        assertThat(Headline.of("""
                        2 migrations found in prisma/migrations
                        Applying migration `20260301120000_price`
                        Error: P3018

                        A migration failed to apply. New migrations cannot be applied before the error is recovered from. Read more about how to resolve migration issues in a production database: https://pris.ly/d/migrate-resolve

                        Migration name: 20260301120000_price

                        Database error code: 42P01

                        Database error:
                        ERROR: relation "orders" does not exist

                        DbError { severity: "ERROR", parsed_severity: Some(Error), code: SqlState(E42P01), message: "relation \\"orders\\" does not exist", detail: None, hint: None, file: Some("namespace.c"), line: Some(434), routine: Some("RangeVarGetRelidExtended") }
                        """)).isEqualTo("ERROR: relation \"orders\" does not exist");
        assertThat(Headline.of("""
                        Error: P1001: Can't reach database server at `db:5432`

                        Please make sure your database server is running at `db:5432`.
                        """)).isEqualTo("Error: P1001: Can't reach database server at `db:5432`");
    }

    @Test
    void other_tools() {
        assertThat(Headline.of(
                        "psql:v2.sql:1: ERROR:  relation \"orders\" does not exist\nLINE 1: SELECT\n        ^\n"))
                .isEqualTo("psql:v2.sql:1: ERROR:  relation \"orders\" does not exist");
        assertThat(Headline.of("ERROR 1146 (42S02) at line 1: Table 'shop.orders' doesn't exist\n"))
                .isEqualTo("ERROR 1146 (42S02) at line 1: Table 'shop.orders' doesn't exist");
        assertThat(
                        Headline.of(
                                "   QueryException\n\n  SQLSTATE[42S02]: Base table or view not found: 1146\n\n  at Connection.php:825\n"))
                .isEqualTo("SQLSTATE[42S02]: Base table or view not found: 1146");
        assertThat(Headline.of("2026/03/01 10:00:00 OK 1.sql\n2026/03/01 10:00:01 goose run: no such table\n\n"))
                .isEqualTo("2026/03/01 10:00:01 goose run: no such table");
        assertThat(Headline.of("/bin/sh: ./migrate: not found")).isEqualTo("/bin/sh: ./migrate: not found");
    }

    @Test
    void a_word_that_only_looks_like_a_cause_is_none() {
        assertThat(Headline.of("loading app/errors.rb\nno-error run\nterror: \nstopped"))
                .isEqualTo("stopped");
    }

    @Test
    void nothing_was_printed() {
        assertThat(Headline.of("")).isEmpty();
        assertThat(Headline.of(" \n\n")).isEmpty();
    }

    @Test
    void a_long_line_keeps_its_beginning() {
        assertThat(Headline.of("ERROR: " + "x".repeat(1000)))
                .hasSize(Headline.MAX)
                .startsWith("ERROR: xxx")
                .endsWith("…");
    }
}
