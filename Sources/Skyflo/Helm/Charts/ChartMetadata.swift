/// Chart.yaml.
package struct ChartMetadata {
    package struct Maintainer: Sendable, Equatable {
        package var name = ""
        package var email = ""
        package var url = ""
    }

    package var name = ""
    package var home = ""
    package var sources: [String]?
    package var version = ""
    package var description = ""
    package var keywords: [String]?
    package var maintainers: [Maintainer]?
    package var icon = ""
    package var apiVersion = ""
    package var condition = ""
    package var tags = ""
    package var appVersion = ""
    package var isDeprecated = false
    package var annotations: [(key: String, value: String)]?
    package var kubeVersion = ""
    package var dependencies: [ChartDependency]?
    /// `application` or `library`; empty for the first.
    package var type = ""

    /// Checks what Helm checks, and takes control characters out of texts.
    mutating func validate() throws(HelmError) {
        for path in [
            \ChartMetadata.name, \.description, \.home, \.icon, \.condition, \.tags, \.appVersion, \.kubeVersion,
        ] {
            self[keyPath: path] = Self.sanitized(self[keyPath: path])
        }
        sources = sources?.map(Self.sanitized)
        keywords = keywords?.map(Self.sanitized)
        if apiVersion.isEmpty { throw Self.fault("chart.metadata.apiVersion is required") }
        if name.isEmpty { throw Self.fault("chart.metadata.name is required") }
        if name == "." || name == ".." { throw Self.fault("chart.metadata.name \"\(name)\" is not allowed") }
        if name.contains("/") {
            throw Self.fault("chart.metadata.name \(GoQuote.quoted(ByteString(name)).text) is invalid")
        }
        if version.isEmpty { throw Self.fault("chart.metadata.version is required") }
        guard (try? SemanticVersion(ByteString(version))) != nil else {
            throw Self.fault("chart.metadata.version \(GoQuote.quoted(ByteString(version)).text) is invalid")
        }
        guard ["", "application", "library"].contains(type) else {
            throw Self.fault("chart.metadata.type must be application or library")
        }
        maintainers = maintainers?.map {
            Maintainer(
                name: Self.sanitized($0.name), email: Self.sanitized($0.email), url: Self.sanitized($0.url))
        }
        try validateDependencies()
    }

    private mutating func validateDependencies() throws(HelmError) {
        guard let dependencies else { return }
        var validated: [ChartDependency] = []
        var names: Set<String> = []
        for var dependency in dependencies {
            try dependency.validate()
            let name = dependency.alias.isEmpty ? dependency.name : dependency.alias
            guard names.insert(name).inserted else {
                throw Self.fault("more than one dependency with name or alias \(GoQuote.quoted(ByteString(name)).text)")
            }
            validated.append(dependency)
        }
        self.dependencies = validated
    }

    static func fault(_ problem: String) -> HelmError {
        HelmError("validation: \(problem)")
    }

    /// The text with plain spaces, and without what can't be printed.
    static func sanitized(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if GoText.isSpace(scalar.value) {
                result.append(" ")
            } else if GoText.isPrintable(scalar.value) {
                result.append(scalar)
            }
        }
        return String(result)
    }
}

/// An entry of Chart.yaml's `dependencies`.
package struct ChartDependency {

    package var name = ""
    package var version = ""
    package var repository = ""
    package var condition = ""
    package var tags: [String]?
    package var isEnabled = false
    package var imports: [HelmValue]?
    package var alias = ""

    mutating func validate() throws(HelmError) {
        name = ChartMetadata.sanitized(name)
        version = ChartMetadata.sanitized(version)
        repository = ChartMetadata.sanitized(repository)
        condition = ChartMetadata.sanitized(condition)
        tags = tags?.map(ChartMetadata.sanitized)
        let isAllowed = alias.utf8.allSatisfy { $0 | 0x20 &- 97 < 26 || $0 &- 48 < 10 || $0 == 0x5F || $0 == 0x2D }
        if !isAllowed {
            throw ChartMetadata.fault(
                "dependency \(GoQuote.quoted(ByteString(name)).text) has disallowed characters in the alias")
        }
    }
}
