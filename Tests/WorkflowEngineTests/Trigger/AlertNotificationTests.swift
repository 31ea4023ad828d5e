import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

/// Bodies as Alertmanager 0.25 sends them.
enum AlertSamples {
    static func body(
        status: String = "firing", group: String = #"{}:{alertname="HighErrorRate"}"#,
        alerts: [JSONValue] = [alert("web-1")]
    ) -> [UInt8] {
        let json: JSONValue = [
            "receiver": "skyflo", "status": .string(status), "alerts": .array(alerts),
            "groupLabels": ["alertname": "HighErrorRate"], "commonLabels": ["alertname": "HighErrorRate"],
            "commonAnnotations": [:], "externalURL": "http://alertmanager:9093", "version": "4",
            "groupKey": .string(group), "truncatedAlerts": 0,
        ]
        return JSONWriter.bytes(json)
    }

    static func alert(
        _ pod: String, status: String = "firing", startsAt: String = "2026-12-01T09:00:00.123456789+01:00",
        summary: String = "many errors"
    ) -> JSONValue {
        [
            "status": .string(status), "labels": ["alertname": "HighErrorRate", "pod": .string(pod)],
            "annotations": ["summary": .string(summary)], "startsAt": .string(startsAt),
            "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://prometheus:9090/graph",
            "fingerprint": "b0c6f6ff15f5d3c9",
        ]
    }
}

@Suite struct AlertNotificationTests {
    @Test func `a notification is read`() throws {
        let read = try AlertNotification(AlertSamples.body())
        #expect(read.isFiring && read.alerts.count == 1 && read.groupKey == #"{}:{alertname="HighErrorRate"}"#)
        #expect(read.since.description == "2026-12-01T08:00:00Z" && read.title == "HighErrorRate")
        #expect(read.alerts[0].labels["pod"] == "web-1" && read.alerts[0].annotations["summary"] == "many errors")
    }

    @Test func `the earliest of the alerts that fire says since when`() throws {
        let alerts = [
            AlertSamples.alert("a", status: "resolved", startsAt: "2026-12-01T07:00:00Z"),
            AlertSamples.alert("b", startsAt: "2026-12-01T08:30:00Z"),
            AlertSamples.alert("c", startsAt: "2026-12-01T08:10:00Z"),
        ]
        #expect(try AlertNotification(AlertSamples.body(alerts: alerts)).since.description == "2026-12-01T08:10:00Z")
    }

    @Test(arguments: [
        ("", "no JSON object"), ("[]", "no JSON object"), (#"{"version":"3"}"#, "version 4"), ("{}", "version 4"),
        (#"{"version":"4"}"#, "groupKey"), (#"{"version":"4","groupKey":"g"}"#, "no alerts"),
        (#"{"version":"4","groupKey":"g","alerts":[{}]}"#, "status of the notification"),
        (#"{"version":"4","groupKey":"g","status":"firing","alerts":[{}]}"#, "startsAt"),
        (#"{"version":"4","groupKey":"g","status":"firing","alerts":[7]}"#, "startsAt"),
        (
            #"{"version":"4","groupKey":"g","status":"firing","groupLabels":{"a":1},"alerts":[{"status":"firing","startsAt":"2026-12-01T08:00:00Z"}]}"#,
            "groupLabels"
        ),
        (
            #"{"version":"4","groupKey":"g","status":"firing","alerts":[{"status":"odd","startsAt":"2026-12-01T08:00:00Z"}]}"#,
            "status of an alert"
        ),
    ])
    func `another body is refused in a sentence`(_ body: String, _ expected: String) {
        #expect { try AlertNotification(Array(body.utf8)) } throws: { error in
            (error as? AlertNotification.Problem)?.message.contains(expected) ?? false
        }
    }
}
