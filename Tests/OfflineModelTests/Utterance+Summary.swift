@testable import OfflineModel

extension Utterance {
    /// One line for tables of tests: `scale deployment/web in shop =3`.
    var summary: String {
        switch self {
        case .command(let command): command.summary
        case .howTo(let verb): "how to \(verb?.rawValue ?? "?")"
        case .advice(let verb, let name): "advice \(verb.rawValue) \(name ?? "?")"
        case .declined(let name): "declined \(name ?? "?")"
        case .greeting: "greeting"
        case .thanks: "thanks"
        case .capabilities: "capabilities"
        case .unclear(.whichNamespace(_, let text)): "which namespace \(text)"
        case .unclear(.severalNamespaces(let names)): "several namespaces \(names.joined(separator: ", "))"
        case .unclear(let problem): "unclear \(problem)"
        }
    }
}

extension Command {
    var summary: String {
        var parts = [verb.rawValue]
        let kindText = kind.map { isPlural && Vocabulary.kinds[$0] != nil ? Vocabulary.plural($0) : $0 }
        let object = [kindText, name].compactMap { $0 }.joined(separator: "/")
        if !object.isEmpty { parts.append(object) }
        if allNamespaces { parts.append("everywhere") }
        if let namespace { parts.append("in \(namespace)") }
        switch replicas {
        case .exactly(let count): parts.append("=\(count)")
        case .by(let change): parts.append(change < 0 ? "\(change)" : "+\(change)")
        case .percent(let percent): parts.append("\(percent)%")
        case nil: break
        }
        if let container { parts.append("[\(container)]") }
        if let image { parts.append(image) }
        if let lines { parts.append("last \(lines)") }
        if let since { parts.append("since \(since)") }
        if previous { parts.append("previous") }
        if let filter { parts.append("\(filter)") }
        if let selector { parts.append("-l \(selector)") }
        if let fields { parts.append("-f \(fields)") }
        if let output { parts.append("-o \(output)") }
        if sortsByRestarts { parts.append("by restarts") }
        if isCount { parts.append("count") }
        if manifest != nil { parts.append("manifest") }
        return parts.joined(separator: " ")
    }
}
