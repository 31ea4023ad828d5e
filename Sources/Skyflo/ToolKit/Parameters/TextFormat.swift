import KubeModel
import Writes

/// What a text argument must look like before it is used. The API server would refuse most of what is refused here, but
/// not before a made-up name has travelled through paths, selectors and messages.
package enum TextFormat: Sendable, Hashable {
    /// Anything of at most so many characters without NUL.
    case text(maximum: Int)
    /// An object's name: what can stand in a path. Which names its kind allows is ``Names/check(_:of:)``'s business.
    case objectName
    /// DNS-1123 label: containers.
    case label
    /// DNS-1123 label.
    case namespace
    /// `pods`, `deploy`, `Deployment`, `deployments.apps`.
    case resourceType
    /// Several of them, separated by commas, each alone or as `type/name`.
    case resourceTypes
    case labelSelector
    /// `status.phase=Running,spec.nodeName!=n1`. Which fields there are is known by the server alone.
    case fieldSelector
    /// `90s`, `5m`, `1h30m`.
    case duration

    /// In characters (code points), as JSON Schema counts them.
    var maximumLength: Int {
        switch self {
        case .text(let maximum): maximum
        case .objectName, .resourceType: 253
        case .label, .namespace: 63
        case .resourceTypes, .labelSelector, .fieldSelector: 1024
        case .duration: 32
        }
    }

    /// Why `text` is not of this format; nil when it is.
    func problem(with text: String) -> String? {
        if text.unicodeScalars.count > maximumLength { return "longer than \(maximumLength) characters" }
        if text.utf8.contains(0) { return "contains a NUL character" }
        let excerpt = ToolParameters.excerpt(text)
        switch self {
        case .text: return nil
        case .objectName:
            return Names.isPathSafe(text)
                ? nil : "\"\(excerpt)\" is not a valid name of a Kubernetes object\(Names.nearest(to: text))"
        case .label:
            return Names.isLabel(text)
                ? nil
                : "\"\(excerpt)\" is not a DNS-1123 label (lower case letters, digits and '-', at most 63)"
                    + Names.nearest(to: text)
        case .namespace:
            if !Names.isLabel(text), let hint = Names.allNamespacesHint(text) {
                return "\"\(excerpt)\" is not a namespace: \(hint)"
            }
            return Self.label.problem(with: text)
        case .resourceType:
            return Names.isResourceType(text)
                ? nil : "\"\(excerpt)\" is not a resource type like pods, deploy, StatefulSet or widgets.example.dev"
        case .resourceTypes:
            do {
                _ = try ResourceArgument(parsing: text)
                return nil
            } catch { return error.message }
        case .labelSelector: return Names.selectorProblem(text)
        case .fieldSelector:
            return text.contains("=") ? nil : "\"\(excerpt)\" is not a field selector like status.phase=Running"
        case .duration:
            guard Duration.seconds(ofGoText: text) == nil else { return nil }
            return "\"\(excerpt)\" is not a time like 90s or 5m"
                + (Duration.nearest(to: text).map { "; the nearest is \($0)" } ?? "")
        }
    }
}

extension Duration {
    /// Whole seconds of Go's text form with the units h, m and s; nil for anything else, and for nothing or less.
    package static func seconds(ofGoText text: String) -> Int? {
        var total = 0
        var digits = ""
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let number = Int(digits), let unit = ["h": 3600, "m": 60, "s": 1][String(character)] else {
                return nil
            }
            let (product, overflow) = number.multipliedReportingOverflow(by: unit)
            let (sum, sumOverflow) = total.addingReportingOverflow(product)
            if overflow || sumOverflow { return nil }
            total = sum
            digits = ""
        }
        return digits.isEmpty && total > 0 ? total : nil
    }
    /// `5 minutes`, `1d`, `90`: in the form that is taken; nil for what isn't one number of a known unit.
    static func nearest(to text: String) -> String? {
        let word = text.trimmingBlanks.lowercased()
        let digits = word.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), number > 0, number < 1_000_000 else { return nil }
        switch word.dropFirst(digits.count).trimmingBlanks {
        case "", "s", "sec", "secs", "second", "seconds": return "\(number)s"
        case "m", "min", "mins", "minute", "minutes": return "\(number)m"
        case "h", "hr", "hrs", "hour", "hours": return "\(number)h"
        case "d", "day", "days": return "\(number * 24)h"
        case "w", "week", "weeks": return "\(number * 168)h"
        default: return nil
        }
    }
}
