import Integrations
import KubeModel
import ToolKit
import Writes

struct AlertListTool: PrometheusTool {
    let now: @Sendable () -> KubeTime
    let name = "prometheus_get_alerts"
    let title = "Prometheus: Get Alerts"
    let description = "List alerts that fire or are pending: since when, labels, value, summary."
    let routes: [IntegrationRoute] = [.get("/api/v1/alerts")]
    let own: [ToolParameter] = [
        .optional("state", kind: .choice(["firing", "pending", "any"]), default: "any", description: "Only these"),
        .words("filter", "Only alerts with this text in their name, labels or annotations"), .most(50),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.prometheus(arguments)
        let answer = try await client.ask("its alerts", at: ["alerts"])
        let state = arguments.string("state") ?? "any"
        let words = arguments.string("filter")?.lowercased()
        let alerts = (answer.data["alerts"]?.array ?? []).filter { alert in
            (state == "any" || alert["state"]?.string == state)
                && (words.map { JSONWriter.string(alert).lowercased().contains($0) } ?? true)
        }.sorted { Self.order($0) < Self.order($1) }
        guard !alerts.isEmpty else {
            return context.shown(["No alerts\(state == "any" ? "" : " are \(state)")."], answer)
        }
        let (page, rest) = page(alerts, arguments, of: "alerts")
        var outline = Outline()
        for alert in page { Self.describe(alert, now: now(), in: &outline) }
        return context.shown(["\(alerts.count.counted(as: "alert")):"] + outline.lines + rest, answer)
    }

    /// What fires comes first, and then what has done so longest.
    private static func order(_ alert: JSONValue) -> (String, String) {
        (alert["state"]?.string ?? "", alert["activeAt"]?.string ?? "")
    }

    private static func describe(_ alert: JSONValue, now: KubeTime, in outline: inout Outline) {
        let labels = alert["labels"]?.object ?? [:]
        let since = alert["activeAt"]?.string.flatMap { KubeTime($0) }
        let name = labels["alertname"]?.string ?? "alert"
        let value = alert["value"]?.string.flatMap(Double.init).map { ", value \(ShortNumber.text($0))" } ?? ""
        let state = alert["state"]?.string ?? "active"
        outline.section(
            "\(name) \(state)\(since.map { " for " + HumanDuration.text(from: $0, to: now) } ?? "")\(value)"
        ) { outline in
            outline.field(
                "Labels",
                value: labels.filter { $0.key != "alertname" }.map { "\($0.key)=\(Outline.inline($0.value))" }
                    .joined(separator: ", "))
            for (key, text) in alert["annotations"]?.object ?? [:] {
                outline.field(key, value: text.string.map { OutputLimit.shorten($0, to: 400) })
            }
        }
    }
}

struct RuleListTool: PrometheusTool {
    let name = "prometheus_get_rules"
    let title = "Prometheus: Get Rules"
    let description = "List alerting and recording rules: query, how long it has to hold, state, and errors."
    let routes: [IntegrationRoute] = [.get("/api/v1/rules")]
    let own: [ToolParameter] = [
        .words("filter", "Only rules with this text in their name, group or query"),
        .optional("type", kind: .choice(["alert", "record", "any"]), default: "any", description: "Only these"),
        .optional("broken", kind: .boolean, default: false, description: "Only rules that can't be evaluated"),
        .most(50),
    ]

    private struct Rule {
        var group: String
        var json: JSONValue

        var isAlert: Bool { json["type"] == "alerting" }
        var isBroken: Bool { json["health"]?.string.map { !["ok", "unknown"].contains($0) } ?? false }
        var text: String { "\(group) \(json["name"]?.string ?? "") \(json["query"]?.string ?? "")".lowercased() }
    }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.prometheus(arguments)
        let type = arguments.string("type") ?? "any"
        let fields = type == "any" ? [] : [IntegrationRequest.Field("type", value: type)]
        let answer = try await client.ask("its rules", at: ["rules"], query: fields)
        let all = (answer.data["groups"]?.array ?? []).flatMap { group in
            (group["rules"]?.array ?? []).map { Rule(group: group["name"]?.string ?? "", json: $0) }
        }
        let words = arguments.string("filter")?.lowercased()
        let rules = all.filter { rule in
            (type == "any" || rule.isAlert == (type == "alert")) && (!arguments.bool("broken") || rule.isBroken)
                && (words.map(rule.text.contains) ?? true)
        }
        guard !rules.isEmpty else {
            return context.shown(
                [all.isEmpty ? "No rules." : "None of \(all.count.counted(as: "rule")) matches."], answer)
        }
        let (page, rest) = page(rules, arguments, of: "rules")
        var outline = Outline()
        for rule in page { Self.describe(rule, in: &outline) }
        return context.shown(["\(rules.count.counted(as: "rule")):"] + outline.lines + rest, answer)
    }

    private static func describe(_ rule: Rule, in outline: inout Outline) {
        let state = rule.json["state"]?.string.map { ", \($0)" } ?? ""
        outline.section(
            "\(rule.isAlert ? "alert" : "record") \(rule.json["name"]?.string ?? "") of group \(rule.group)\(state)"
        ) { outline in
            outline.field("Query", value: rule.json["query"]?.string.map { OutputLimit.shorten($0, to: 600) })
            if let seconds = rule.json["duration"]?.double, seconds > 0, seconds < 1e9 {
                outline.field("For", value: HumanDuration.text(seconds: Int(seconds)))
            }
            outline.field("Labels", value: rule.json["labels"])
            let error = rule.json["lastError"]?.string ?? ""
            if rule.isBroken { outline.field("Error", value: error.isEmpty ? "unknown" : error) }
            if let alerts = rule.json["alerts"]?.array, !alerts.isEmpty {
                outline.field("Alerts", value: String(alerts.count))
            }
        }
    }
}

struct TargetListTool: PrometheusTool {
    let now: @Sendable () -> KubeTime
    let name = "prometheus_get_targets"
    let title = "Prometheus: Get Targets"
    let description = "List what is scraped: whether it is up, when it last was, and the error where it is down."
    let routes: [IntegrationRoute] = [.get("/api/v1/targets")]
    let own: [ToolParameter] = [
        .optional(
            "health", kind: .choice(["up", "down", "unknown", "any"]), default: "any", description: "Only these"),
        .words("filter", "Only targets with this text in their labels or address"), .most(50),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.prometheus(arguments)
        let answer = try await client.ask("its targets", at: ["targets"], query: [.init("state", value: "active")])
        let health = arguments.string("health") ?? "any"
        let words = arguments.string("filter")?.lowercased()
        let all = answer.data["activeTargets"]?.array ?? []
        let targets = all.filter { target in
            (health == "any" || target["health"]?.string == health)
                && (words.map {
                    "\(Self.address(target)) \(Outline.inline(target["labels"] ?? .null))".lowercased().contains($0)
                }
                    ?? true)
        }
        let down = all.count { $0["health"] == "down" }
        let heading = "\(all.count.counted(as: "target")), \(down) of them down"
        guard !targets.isEmpty else { return context.shown(["\(heading); none matches."], answer) }
        let (page, rest) = page(targets, arguments, of: "targets")
        let rows = page.map { target in
            [
                target["scrapePool"]?.string ?? target["labels", "job"]?.string ?? "", target["health"]?.string ?? "",
                Self.address(target),
                Self.scraped(target, now: now()),
                OutputLimit.shorten(target["lastError"]?.string ?? "", to: 300),
            ]
        }
        let table = TextColumns.align([["POOL", "HEALTH", "TARGET", "SCRAPED", "ERROR"]] + rows)
        return context.shown([heading + ":"] + table + rest, answer)
    }

    /// Go's zero of a time stands for what hasn't been.
    private static func scraped(_ target: JSONValue, now: KubeTime) -> String {
        guard let text = target["lastScrape"]?.string, let time = KubeTime(text) else { return "" }
        return text.hasPrefix("0001-") ? "never" : HumanDuration.text(from: time, to: now) + " ago"
    }

    /// Without its query, which may have a credential.
    private static func address(_ target: JSONValue) -> String {
        String((target["scrapeUrl"]?.string ?? "").prefix { $0 != "?" })
    }
}
