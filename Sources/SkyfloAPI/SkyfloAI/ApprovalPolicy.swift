public import KubeModel

/// How writes come to be allowed: `spec.approvals` of a SkyfloAI.
public struct ApprovalPolicy: Sendable, Hashable {
    /// Each of these may allow a write without a person.
    public var autoApprove: [AutoApproveRule]
    /// Who made the conversation may not approve its writes.
    public var twoPerson: Bool
    /// A ServiceAccount counts as nobody in particular: others may impersonate it. Its approvals don't count, and with
    /// ``twoPerson`` a conversation that it made takes two people.
    public var distrustsServiceAccounts: Bool
    /// How many different people have to approve; at least 1.
    public var quorum: Int
    /// Approvals count although nothing in the cluster proves who made them.
    public var allowUnproven: Bool
    /// Only approvals count of who may do themself what they approve, by rights that are bound to their name.
    public var requireApproverRights: Bool

    init(_ json: JSONValue) {
        autoApprove = (json["autoApprove"]?.array ?? []).compactMap(AutoApproveRule.init)
        twoPerson = json["twoPerson"]?.bool ?? false
        distrustsServiceAccounts = json["serviceAccounts"]?.string == "Nobody"
        quorum = max(1, json["quorum"]?.int ?? 1)
        allowUnproven = json["allowUnproven"]?.bool ?? false
        requireApproverRights = json["requireApproverRights"]?.bool ?? false
    }

    /// How many people have to approve the writes of a conversation.
    /// - Parameter maker: who made it; nil where that isn't known.
    public func quorum(maker: String?) -> Int {
        let isNobody = distrustsServiceAccounts && maker.map(Self.isServiceAccount) ?? false
        return twoPerson && isNobody ? max(2, quorum) : quorum
    }

    /// Whether this is the API server's name for a ServiceAccount.
    public static func isServiceAccount(_ user: String) -> Bool { user.hasPrefix("system:serviceaccount:") }
}

/// What may be written without asking. Everything that a rule says must hold; what it doesn't say may be anything, except
/// where the field's comment has another default. The notation of resources is that of RBAC rules.
public struct AutoApproveRule: Sendable, Hashable {
    public var name: String
    public var tools: [String]
    /// Of the requests: `create`, `update`, `patch`, `delete`.
    public var verbs: [String]
    /// `""` is the core group.
    public var apiGroups: [String]
    /// `deployments`, `deployments/scale`, `*`.
    public var resources: [String]
    /// Empty: the SkyfloAI's own. `*`: all, and what lies in none.
    public var namespaces: [String]
    /// Of the object as it is now, so it never fits an object that would be created.
    public var selector: LabelSelector?
    public var windows: [TimeWindow]
    public var maxRisk: Risk

    public enum Risk: String, Sendable, Comparable {
        case low = "Low", medium = "Medium", high = "High"

        public static func < (a: Risk, b: Risk) -> Bool { a.order < b.order }
        private var order: Int {
            switch self {
            case .low: 0
            case .medium: 1
            case .high: 2
            }
        }
    }

    /// nil for what can't be understood: a rule that is read by halves could allow more than was meant.
    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let maxRisk = Risk(rawValue: json["maxRisk"]?.string ?? "Low") else {
            return nil
        }
        func list(_ member: String) -> [String] { (json[member]?.array ?? []).compactMap(\.string) }
        var selector: LabelSelector?
        if let stated = json["selector"] {
            guard let read = LabelSelector(stated) else { return nil }
            selector = read
        }
        let stated = json["windows"]?.array ?? []
        let windows = stated.compactMap(TimeWindow.init)
        guard windows.count == stated.count else { return nil }
        self.name = name
        self.maxRisk = maxRisk
        self.selector = selector
        self.windows = windows
        tools = list("tools")
        verbs = list("verbs")
        apiGroups = list("apiGroups")
        resources = list("resources")
        namespaces = list("namespaces")
    }
}

/// Hours of days of the week in a time zone.
public struct TimeWindow: Sendable, Hashable {
    /// 1 for Monday to 7 for Sunday (ISO 8601). All days where none is stated.
    public var days: Set<Int>
    /// Minutes after midnight; `end` is not part of it. An end that isn't after the start is on the following day.
    public var start: Int
    public var end: Int
    /// A name of the IANA time zone database.
    public var timeZone: String

    private static let dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    init?(_ json: JSONValue) {
        let names = json["days"]?.array?.compactMap(\.string) ?? []
        let days = names.compactMap { name in Self.dayNames.firstIndex(of: name).map { $0 + 1 } }
        guard days.count == names.count, let start = Self.minutes(json["start"]?.string ?? "00:00"),
            let end = Self.minutes(json["end"]?.string ?? "24:00")
        else { return nil }
        self.days = names.isEmpty ? Set(1...7) : Set(days)
        self.start = start
        self.end = end
        timeZone = json["timeZone"]?.string ?? "UTC"
    }

    /// `HH:MM`, up to `24:00`.
    private static func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]), (0..<60).contains(minute),
            (0...24).contains(hour), hour < 24 || minute == 0
        else { return nil }
        return hour * 60 + minute
    }

    /// - Parameters:
    ///   - day: 1 for Monday to 7 for Sunday.
    ///   - minute: after midnight.
    public func contains(day: Int, minute: Int) -> Bool {
        if end > start { return days.contains(day) && (start..<end).contains(minute) }
        let dayBefore = day == 1 ? 7 : day - 1
        return (days.contains(day) && minute >= start) || (days.contains(dayBefore) && minute < end)
    }
}
