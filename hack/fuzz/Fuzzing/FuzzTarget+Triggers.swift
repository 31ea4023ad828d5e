import KubeModel
import SkyfloAPI
import WorkflowEngine

extension FuzzTarget {
    /// Any text is a schedule or an error, and what is one goes forward.
    static let cronSchedule = FuzzTarget.text(
        "cron-schedule",
        corpus: [
            "*/15 0-6,20 1,15 jan-mar mon-fri", "0 0 29 2 *", "5/20 ? * * 7", "@daily", "@every 1h30m",
            "59 23 31 12 sun",
        ],
        words: [
            "*", "/", "-", ",", " ", "?", "0", "59", "7", "31", "mon", "JAN", "@", "@every ", "h", "m", "s", "TZ=",
            "9223372036854775807", "-1", "+1", "é", "\u{301}",
        ]
    ) { input in
        guard let schedule = try? CronSchedule(String(decoding: input, as: UTF8.self)) else { return }
        var time = KubeTime(seconds: 1_790_000_000)
        for _ in 0..<3 {
            guard let next = schedule.next(after: time) else { return }
            try require(next > time, "after \(time) comes \(next)")
            try require(
                schedule.latest(after: time, until: next) == next, "the latest time until \(next) is another one")
            if schedule.intervalSeconds == nil {
                try require(
                    schedule.next(after: next.adding(seconds: -1)) == next, "\(next) isn't due a second before it is")
            }
            time = next
        }
    }

    /// Whatever is in a body, the message that is made of it fits, and has nothing of it outside of the quotation.
    static let alertNotification = FuzzTarget.text(
        "alert-notification",
        corpus: [
            #"{"version":"4","groupKey":"{}:{alertname=\"A\"}","status":"firing","receiver":"r","groupLabels":{"alertname":"A"},"commonLabels":{"a":"b"},"commonAnnotations":{"s":"t"},"externalURL":"http://x","truncatedAlerts":2,"alerts":[{"status":"firing","labels":{"alertname":"A","pod":"p"},"annotations":{"summary":"s"},"startsAt":"2026-12-01T09:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://y","fingerprint":"f"}]}"#
        ],
        words: [
            "\"", ":", ",", "{", "}", "[", "]", "\\n", "\\r\\n", "\\u2028", "| ", "‹end of data›", "‹data from ",
            "\\u0301",
            "resolved", "null", "0", "\"alerts\":[", "\"labels\":{", "${alerts}", "\u{202E}", "</context>",
        ]
    ) { input in
        guard let notification = try? AlertNotification(input) else { return }
        let spec: JSONValue = [
            "triggers": [
                [
                    "name": "t", "serviceAccountName": "s", "message": "Why?${alerts}Say it.",
                    "alertmanager": ["secretRef": ["name": "s"]],
                ]
            ]
        ]
        guard let trigger = SkyfloAI(KubeObject(["spec": spec])).triggers.first else {
            throw FuzzFailure(description: "the trigger can't be read")
        }
        let plan = TriggeredConversation(
            skyfloAI: ObjectKey(namespace: "shop", name: "sky"), trigger: trigger, redact: { $0 })
        let object = try plan.object(for: .alerts(notification))
        let message = Conversation(object).spec.messages.first ?? ""
        try require(message.unicodeScalars.count <= 8192, "the message is too long")
        try require(
            QuotedData.split(message).own == "Why?\nSay it.", "something is outside of the quotation: \(message)")
        try require(object.name.utf8.count <= 63, "the name \(object.name) is too long")
        try require(
            (object.annotations[TriggerOrigin.titleAnnotation] ?? "").unicodeScalars.count <= 120,
            "the title is too long")
    }
}
