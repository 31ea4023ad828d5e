/// Checks values against the values.schema.json of a chart and of its subcharts, with Helm's message.
enum SchemaCheck {
    static func check(_ chart: Chart, _ values: HelmMap, warn: (String) -> Void) throws(HelmError) {
        let problems = problems(chart, values, warn: warn)
        if problems.isEmpty { return }
        throw HelmError(
            message: "values don't meet the specifications of the schema(s) in the following chart(s):\n" + problems)
    }

    private static func problems(_ chart: Chart, _ values: HelmMap, warn: (String) -> Void) -> ByteString {
        var problems: ByteString = ""
        if let schema = chart.schema {
            do throws(HelmError) {
                let failures = try JSONSchema(ByteString(bytes: schema)).failures(of: .map(values))
                if !failures.isEmpty {
                    let lines = failures.map { $0.text(indent: 1) }
                    problems = ByteString("\(chart.name):\n") + GoText.joined(lines, by: "\n") + "\n"
                }
            } catch {
                problems = ByteString("\(chart.name):\n") + error.message
            }
        }
        for subchart in chart.dependencies {
            switch values[ByteString(subchart.name)] {
            case nil, .null?: continue
            case .map(let inner)?: problems += self.problems(subchart, inner, warn: warn)
            case let other?:
                problems += ByteString(
                    "\(subchart.name):\ninvalid type for values: expected object (map), got \(other.typeName)\n")
            }
        }
        return problems
    }
}
