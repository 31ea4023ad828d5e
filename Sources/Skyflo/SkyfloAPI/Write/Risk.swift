/// How much a write can break.
package enum Risk: String, Sendable, Comparable, JSONCodable {
    case low = "Low", medium = "Medium", high = "High"

    package static func < (a: Risk, b: Risk) -> Bool { a.order < b.order }

    private var order: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        }
    }
}
