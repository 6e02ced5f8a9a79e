import StrictJSON

@testable import SessionHub

/// The people of a `Classroom`: two courses, their teachers and their students.
///
/// Course 1 is given by the teacher with the assistant; Awa and Koffi belong to it, Fatou does no more. Course 2 is
/// given by the other teacher. The outsider belongs to nothing.
enum Someone: Int64, CaseIterable {
    case admin = 1
    case teacher = 10
    case assistant = 11
    case otherTeacher = 12
    case awa = 20
    case koffi = 21
    case former = 22
    case outsider = 23

    var id: Int64 { rawValue }
    var email: String { "person\(id)@school.example" }

    var name: (first: String, last: String) {
        switch self {
        case .admin: ("Ama", "Mensah")
        case .teacher: ("Aïssatou", "Diallo")
        case .assistant: ("Jean", "Nkurunziza")
        case .otherTeacher: ("Odile", "Kaboré")
        case .awa: ("Awa", "Ndiaye")
        case .koffi: ("Koffi", "Adjovi")
        case .former: ("Fatou", "Sow")
        case .outsider: ("Linh", "Nguyễn")
        }
    }

    var fullName: String { "\(name.first) \(name.last)" }

    var role: Caller.Role {
        switch self {
        case .admin: .admin
        case .teacher, .assistant, .otherTeacher: .instructor
        case .awa, .koffi, .former, .outsider: .student
        }
    }

    /// The id of the enrollment in course 1.
    var enrollment: Int64? {
        switch self {
        case .awa: 501
        case .koffi: 502
        case .former: 503
        default: nil
        }
    }

    /// As rows nest a person.
    var json: JSON {
        ["id": .integer(id), "first_name": .string(name.first), "last_name": .string(name.last), "avatar": nil]
    }

    /// As events name who did it.
    func actor(_ role: String) -> JSON {
        ["id": .integer(id), "name": .string(fullName), "role": .string(role)]
    }

    /// The lines of an import that makes everybody and both courses.
    static var directory: String {
        let people = allCases.map { person in
            JSON.object([
                "user": [
                    "id": .integer(person.id), "email": .string(person.email), "first_name": .string(person.name.first),
                    "last_name": .string(person.name.last), "role": .string(person.role.rawValue),
                ]
            ]).text
        }
        let enrollments = [Someone.awa, .koffi, .former].map { person in
            JSON.object([
                "enrollment": [
                    "id": .optional(person.enrollment), "course_id": 1, "user_id": .integer(person.id),
                    "is_active": .bool(person != .former),
                ]
            ]).text
        }
        let courses = [
            #"{"course":{"id":1,"title":"Réseaux","instructor_id":10,"co_instructor_ids":[11]}}"#,
            #"{"course":{"id":2,"title":"Chimie","instructor_id":12}}"#,
        ]
        return (people + courses + enrollments).joined(separator: "\n")
    }
}
