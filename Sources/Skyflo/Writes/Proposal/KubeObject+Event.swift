import KubeModel

/// Of an Event, in whichever of its two forms it comes: sources differ in what they fill in, and what they don't is null.
extension KubeObject {
    /// When it was seen last.
    package var eventTime: KubeTime {
        firstTime(
            of: self["series", "lastObservedTime"], self["lastTimestamp"], self["deprecatedLastTimestamp"],
            self["eventTime"], self["firstTimestamp"])
    }

    /// When it was seen first.
    package var eventStart: KubeTime {
        firstTime(
            of: self["firstTimestamp"], self["deprecatedFirstTimestamp"], self["eventTime"], self["lastTimestamp"])
    }

    private func firstTime(of times: JSONValue?...) -> KubeTime {
        times.lazy.compactMap { $0?.string.flatMap { KubeTime($0) } }.first
            ?? creationTimestamp ?? KubeTime(microseconds: 0)
    }

    package var eventCount: Int {
        self["series", "count"]?.int ?? self["count"]?.int ?? self["deprecatedCount"]?.int ?? 1
    }

    package var eventReason: String { self["reason"]?.string ?? "" }
    package var eventMessage: String { self["message"]?.string ?? self["note"]?.string ?? "" }

    /// What the event is about.
    package var eventObject: (kind: String, name: String, uid: String?) {
        let object = self["involvedObject"] ?? self["regarding"]
        let uid = object?["uid"]?.string
        return (object?["kind"]?.string ?? "", object?["name"]?.string ?? "", uid == "" ? nil : uid)
    }
}
