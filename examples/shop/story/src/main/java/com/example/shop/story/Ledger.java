package com.example.shop.story;

import java.io.IOException;
import java.util.List;

/** Reads what the shop and Flyway have written into the database, with the database's own psql. */
record Ledger(Kubectl kubectl) {

    List<Evidence.Run> runs() throws IOException, InterruptedException {
        return rows("select version, pod, extract(epoch from started), coalesce(extract(epoch from ended), 0), outcome"
                        + " from ledger.shop_migration_runs order by id")
                .stream()
                .map(row -> new Evidence.Run(
                        row.get(0),
                        row.get(1),
                        Double.parseDouble(row.get(2)),
                        Double.parseDouble(row.get(3)),
                        row.get(4)))
                .toList();
    }

    List<Evidence.Start> starts() throws IOException, InterruptedException {
        return rows(
                        "select version, pod, extract(epoch from started), schema_there from ledger.shop_starts order by id")
                .stream()
                .map(row -> new Evidence.Start(
                        row.get(0),
                        row.get(1),
                        Double.parseDouble(row.get(2)),
                        row.get(3).equals("t")))
                .toList();
    }

    List<String> flyway() throws IOException, InterruptedException {
        return rows("select version from flyway_schema_history where success order by installed_rank").stream()
                .map(List::getFirst)
                .toList();
    }

    private List<List<String>> rows(String sql) throws IOException, InterruptedException {
        return kubectl.output(
                        "exec", "postgres-0", "--", "psql", "-U", "shop", "-At", "-v", "ON_ERROR_STOP=1", "-c", sql)
                .lines()
                .map(line -> List.of(line.split("\\|", -1)))
                .toList();
    }
}
