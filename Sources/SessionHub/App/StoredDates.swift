import Database

/// Brings old events that last all day into the form in which new ones are stored: with their dates. They had the
/// moments at which those dates begin in the zone of their course, and moved when that zone was changed. It happens
/// once, before the hub serves, in one transaction.
enum StoredDates {
    /// The fact that is written when it is done.
    private static let fact = "event_dates"

    /// - Parameter zones: the zone by which the days of a course without one were counted.
    static func settle(_ database: any SQLDatabase, _ zones: TimeZones) async throws {
        try await database.write { connection in
            let isFirst = try connection.execute(
                "INSERT INTO hub (name, value) VALUES ($1, 'utc') ON CONFLICT (name) DO NOTHING", [.text(fact)]
            )
            guard isFirst == 1 else { return }
            let rows = try connection.query(
                """
                SELECT v.id, v.start_date, v.end_date, c.time_zone FROM events v
                LEFT JOIN courses c ON c.id = v.course_id WHERE v.is_all_day = 1
                """, []
            )
            for row in rows {
                let zone = zones.zone(row.optionalText("time_zone"))
                try connection.execute(
                    "UPDATE events SET start_date = $2, end_date = $3 WHERE id = $1",
                    [
                        .integer(row.integer("id")), .timestamp(zone.date(at: row.timestamp("start_date"))),
                        .timestamp(row.optionalTimestamp("end_date").map(zone.date)),
                    ]
                )
            }
        }
    }
}
