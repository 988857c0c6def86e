import java.math.BigDecimal;
import java.sql.*;
import java.util.*;

/** PostgreSQL's JDBC driver: metadata, and rows in text and, after some executions, in binary. */
public class Jdbc {
    static int rows(ResultSet found) throws SQLException {
        int rows = 0;
        int columns = found.getMetaData().getColumnCount();
        while (found.next()) {
            for (int column = 1; column <= columns; column++) found.getObject(column);
            rows++;
        }
        found.close();
        return rows;
    }

    static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }

    public static void main(String[] arguments) throws Exception {
        Properties login = new Properties();
        login.setProperty("user", arguments[1]);
        login.setProperty("password", arguments[2]);
        try (Connection connection = DriverManager.getConnection(arguments[0], login)) {
            DatabaseMetaData meta = connection.getMetaData();
            check(meta.getDatabaseProductName().equals("PostgreSQL"), "product");
            check("public".equals(connection.getSchema()), "schema");
            check(!meta.getSQLKeywords().isEmpty(), "keywords");
            check(rows(meta.getSchemas()) >= 4, "schemas");
            check(rows(meta.getCatalogs()) == 1, "catalogs");
            check(rows(meta.getTableTypes()) > 0, "table types");
            check(rows(meta.getTables(null, "public", "%", new String[] {"TABLE"})) == 6, "tables");
            check(rows(meta.getTables(null, null, "%", new String[] {"VIEW"})) == 1, "views");
            check(rows(meta.getTables(null, null, "%", null)) > 100, "all tables");
            ResultSet columns = meta.getColumns(null, "public", "costs", "unblended_cost");
            check(columns.next(), "column");
            check(columns.getInt("DATA_TYPE") == Types.NUMERIC, "type " + columns.getInt("DATA_TYPE"));
            check(columns.getInt("COLUMN_SIZE") == 38 && columns.getInt("DECIMAL_DIGITS") == 18, "precision");
            check(rows(meta.getColumns(null, "public", "%", "%")) > 100, "columns");
            check(rows(meta.getPrimaryKeys(null, "public", "costs")) == 0, "primary keys");
            check(rows(meta.getImportedKeys(null, "public", "costs")) == 0, "imported keys");
            check(rows(meta.getExportedKeys(null, "public", "costs")) == 0, "exported keys");
            check(rows(meta.getIndexInfo(null, "public", "costs", false, false)) == 0, "indexes");
            check(rows(meta.getTypeInfo()) > 20, "types");
            rows(meta.getTablePrivileges(null, "public", "costs"));
            rows(meta.getBestRowIdentifier(null, "public", "costs", 1, true));
            rows(meta.getFunctions(null, "public", "%"));
            rows(meta.getProcedures(null, "public", "%"));

            connection.setAutoCommit(false);
            String asked = "SELECT service, sum(unblended_cost) FROM costs WHERE unblended_cost > ? GROUP BY 1 ORDER BY 1";
            try (PreparedStatement statement = connection.prepareStatement(asked)) {
                String first = null;
                // From the fifth time on, the driver asks for binary values.
                for (int turn = 0; turn < 8; turn++) {
                    statement.setBigDecimal(1, new BigDecimal("0.000000000000000001"));
                    statement.setFetchSize(3);
                    StringBuilder found = new StringBuilder();
                    ResultSet rows = statement.executeQuery();
                    while (rows.next()) {
                        BigDecimal cost = rows.getBigDecimal(2);
                        found.append(rows.getString(1)).append(' ').append(cost.stripTrailingZeros().toPlainString()).append('\n');
                    }
                    check(found.length() > 0, "no rows");
                    if (first == null) first = found.toString();
                    check(first.equals(found.toString()), "turn " + turn + ":\n" + found + "\nis not\n" + first);
                }
                System.out.print(first);
            }
            connection.commit();
            // The driver writes a day with a time zone.
            String days = "SELECT count(*) FROM costs WHERE usage_date >= ? AND usage_start < ?";
            try (PreparedStatement statement = connection.prepareStatement(days)) {
                statement.setDate(1, java.sql.Date.valueOf("2000-01-01"));
                statement.setTimestamp(2, java.sql.Timestamp.valueOf("2100-01-01 00:00:00"));
                ResultSet rows = statement.executeQuery();
                check(rows.next() && rows.getLong(1) > 0, "no rows of these days");
            }
            connection.commit();
            try (Statement statement = connection.createStatement()) {
                statement.executeQuery("SELECT nothing FROM costs");
                throw new AssertionError("no error");
            } catch (SQLException error) {
                check("42703".equals(error.getSQLState()), error.getSQLState() + " " + error.getMessage());
            }
            connection.rollback();
        }
    }
}
