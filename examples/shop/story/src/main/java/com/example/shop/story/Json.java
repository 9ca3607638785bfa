package com.example.shop.story;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A value as kubectl prints it. What is not there is empty: no text, no items, no fields.
 *
 * @param value a Map, a List, a String (numbers and truth values, too, are kept as they are written), or an empty String
 */
record Json(Object value) {

    private static final Json NOTHING = new Json("");

    static Json parse(String text) {
        var parser = new Parser(text);
        var json = new Json(parser.value());
        parser.end();
        return json;
    }

    /** The field that a path of names leads to. */
    Json at(String... path) {
        var json = this;
        for (var name : path) {
            json = json.value instanceof Map<?, ?> fields && fields.get(name) != null
                    ? new Json(fields.get(name))
                    : NOTHING;
        }
        return json;
    }

    boolean isPresent() {
        return !NOTHING.equals(this);
    }

    String text() {
        return value instanceof String text ? text : "";
    }

    Optional<Instant> time() {
        return text().isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text()));
    }

    List<Json> items() {
        return value instanceof List<?> items
                ? items.stream().map(item -> new Json(item)).toList()
                : List.of();
    }

    private static final class Parser {

        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        Object value() {
            return switch (next()) {
                case '{' -> object();
                case '[' -> list();
                case '"' -> string();
                default -> word();
            };
        }

        void end() {
            if (!text.substring(at).isBlank()) {
                throw new IllegalArgumentException("more text after the value, at " + at);
            }
        }

        private Map<String, Object> object() {
            var fields = new LinkedHashMap<String, Object>();
            at++;
            while (next() != '}') {
                var name = string();
                skip(':');
                fields.put(name, value());
                if (next() == ',') {
                    at++;
                }
            }
            at++;
            return fields;
        }

        private List<Object> list() {
            var items = new ArrayList<Object>();
            at++;
            while (next() != ']') {
                items.add(value());
                if (next() == ',') {
                    at++;
                }
            }
            at++;
            return items;
        }

        private String string() {
            skip('"');
            var string = new StringBuilder();
            for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
                string.append(c == '\\' ? escaped() : c);
            }
            return string.toString();
        }

        private char escaped() {
            char c = text.charAt(at++);
            return switch (c) {
                case 'n' -> '\n';
                case 't' -> '\t';
                case 'r' -> '\r';
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'u' -> {
                    at += 4;
                    yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
                }
                default -> c;
            };
        }

        /** A number, true or false; null is as if it were not there. */
        private String word() {
            int begin = at;
            while (at < text.length() && ",]} \n\r\t".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            var word = text.substring(begin, at);
            if (word.isEmpty()) {
                throw new IllegalArgumentException("no value at " + begin);
            }
            return word.equals("null") ? "" : word;
        }

        private void skip(char wanted) {
            if (next() != wanted) {
                throw new IllegalArgumentException("no " + wanted + " at " + at);
            }
            at++;
        }

        private char next() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            if (at == text.length()) {
                throw new IllegalArgumentException("the text ends within a value");
            }
            return text.charAt(at);
        }
    }
}
