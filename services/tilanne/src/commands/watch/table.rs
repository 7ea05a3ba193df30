//! A board as a plain table. What is not known is "–", never a zero.

use serde_json::{Map, Value};

/// What is not known.
const UNKNOWN: &str = "–";
/// The language of the terminal table's names.
const LANGUAGE: &str = "fi";

/// One line a lane; stations without lanes have one of their own.
pub fn draw(board: &Value, state: &str) -> String {
    let mut rows = vec![
        ["asema", "auki", "jono", "odottaa", "kiireellisyys", "hoidossa", "läsnä", "tieto"]
            .map(str::to_owned),
    ];
    for (id, station) in members(board, "stations") {
        rows.extend(station_rows(id, station));
    }
    let mut lines = vec![headline(board, state)];
    lines.extend(alarm_lines(board));
    lines.push(String::new());
    let widths: Vec<usize> = (0..8)
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}", width = *width));
        lines.push(cells.collect::<Vec<_>>().join("  ").trim_end().to_owned());
    }
    lines.join("\n")
}

fn headline(board: &Value, state: &str) -> String {
    let name = board.pointer(&format!("/name/{LANGUAGE}")).and_then(Value::as_str).unwrap_or_default();
    let simulated =
        if board.get("simulated").and_then(Value::as_bool) == Some(true) { " · SIMULOITU" } else { "" };
    let restored = board.pointer("/restored/to").and_then(Value::as_str);
    let restored = restored.map(|to| format!(" · PALAUTETTU hetkeen {to}")).unwrap_or_default();
    format!(
        "{name} · {}{simulated}{restored} · {} · revision {} · {state}",
        board.get("view").and_then(Value::as_str).unwrap_or_default(),
        board.get("as_of").and_then(Value::as_str).unwrap_or(UNKNOWN),
        board.get("revision").map_or_else(|| UNKNOWN.to_owned(), Value::to_string),
    )
}

/// One line an alarm, those that nobody has noticed first.
fn alarm_lines(board: &Value) -> Vec<String> {
    const STATES: [(&str, &str); 4] = [
        ("unacknowledged", "HÄLYTYS"),
        ("cleared_unacknowledged", "poistunut kuittaamatta"),
        ("acknowledged", "kuitattu"),
        ("shelved", "vaimennettu"),
    ];
    let text = |alarm: &Value, path: &str| alarm.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let mut rows: Vec<_> = members(board, "alarms")
        .map(|(id, alarm)| {
            let state = alarm.get("state").and_then(Value::as_str).unwrap_or_default();
            let order = STATES.iter().position(|(known, _)| *known == state).unwrap_or(STATES.len());
            let state = STATES.get(order).map_or(state, |(_, word)| word);
            let what = text(alarm, &format!("/text/{LANGUAGE}")).unwrap_or_else(|| id.to_owned());
            let place = ["station_name", "lane_name", "role_name"];
            let place = place.iter().filter_map(|name| text(alarm, &format!("/{name}/{LANGUAGE}")));
            let raised = text(alarm, "/raised_at").unwrap_or_else(|| UNKNOWN.to_owned());
            let parts: Vec<_> = [state.to_owned(), what].into_iter().chain(place).chain([raised]).collect();
            (order, parts.join(" · "))
        })
        .collect();
    rows.sort();
    rows.into_iter().map(|(_, row)| row).collect()
}

fn station_rows(id: &str, station: &Value) -> Vec<[String; 8]> {
    let name = station.pointer(&format!("/name/{LANGUAGE}")).and_then(Value::as_str).unwrap_or(id);
    let open = match station.get("open").and_then(Value::as_bool) {
        Some(true) => "auki",
        Some(false) => "kiinni",
        None => UNKNOWN,
    };
    let lanes: Vec<_> = members(station, "lanes").collect();
    if lanes.is_empty() {
        let feed = worst_feed(station);
        return vec![[name, open, "", UNKNOWN, "", UNKNOWN, UNKNOWN, &feed].map(str::to_owned)];
    }
    let rows = lanes.into_iter().enumerate().map(|(at, (lane_id, lane))| {
        let feed = lane
            .get("feed")
            .and_then(Value::as_str)
            .and_then(|feed| station.get("feeds")?.get(feed)?.get("state")?.as_str())
            .map_or_else(|| worst_feed(station), str::to_owned);
        [
            if at == 0 { name.to_owned() } else { String::new() },
            if at == 0 { open.to_owned() } else { String::new() },
            lane.pointer(&format!("/name/{LANGUAGE}")).and_then(Value::as_str).unwrap_or(lane_id).to_owned(),
            number(lane, "waiting"),
            by_urgency(lane),
            number(lane, "in_care"),
            number(lane, "present"),
            feed,
        ]
    });
    rows.collect()
}

/// The state of the station's feeds where a lane has none of its own: the least trustworthy.
fn worst_feed(station: &Value) -> String {
    const WORST_FIRST: [&str; 5] = ["lost", "stale", "never", "ageing", "fresh"];
    let states: Vec<&str> =
        members(station, "feeds").filter_map(|(_, feed)| feed.get("state")?.as_str()).collect();
    WORST_FIRST.into_iter().find(|state| states.contains(state)).unwrap_or(UNKNOWN).to_owned()
}

fn by_urgency(lane: &Value) -> String {
    let urgencies = lane.get("urgencies");
    let rank = |code: &str| urgencies.and_then(|it| it.get(code)?.get("rank")?.as_u64()).unwrap_or(u64::MAX);
    let mut counts: Vec<_> =
        members(lane, "waiting_by_urgency").filter(|(_, count)| count.as_u64() != Some(0)).collect();
    counts.sort_by_key(|(code, _)| rank(code));
    let cell = |(code, count): &(&str, &Value)| match *code {
        "untriaged" => format!("?{count}"),
        // A code that ends in a digit would run into its count.
        code if code.ends_with(|c: char| c.is_ascii_digit()) => format!("{code}:{count}"),
        code => format!("{code}{count}"),
    };
    counts.iter().map(cell).collect::<Vec<_>>().join(" ")
}

fn number(lane: &Value, name: &str) -> String {
    lane.get(name).and_then(Value::as_u64).map_or_else(|| UNKNOWN.to_owned(), |count| count.to_string())
}

fn members<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    value
        .get(name)
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::iter)
        .map(|(id, value)| (id.as_str(), value))
}
