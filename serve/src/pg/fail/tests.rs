use super::*;

#[test]
fn a_place_is_counted_in_characters_of_all_that_was_sent() {
    let text = "select 'é';\nselect\n  nonsense";
    assert_eq!(position(text, 0, 1, 8), Some(8));
    let start = text.find("\nselect").unwrap() + 1;
    assert_eq!(position(text, start, 2, 3), Some(22));
    assert_eq!(text.chars().nth(21), Some('n'));
}

#[test]
fn errors_have_the_codes_that_clients_know() {
    let unknown = EngineError::UnknownTable {
        name: "cots".to_owned(),
        similar: vec!["costs".to_owned()],
    };
    let at = EngineError::At {
        line: 1,
        column: 15,
        excerpt: String::new(),
        error: Box::new(unknown),
    };
    let failure = Failure::of(&at.into(), "select * from cots", 0);
    assert_eq!(failure.code, "42P01");
    assert_eq!(failure.message, "relation \"cots\" does not exist");
    assert_eq!(failure.hint.as_deref(), Some("did you mean `costs`?"));
    assert_eq!(failure.position, Some(15));
    let refused = EngineError::Refused("`INSERT INTO`".to_owned());
    let failure = Failure::from(ServeError::from(refused));
    assert_eq!(failure.code, "25006");
    assert_eq!(
        failure.message,
        "cannot execute INSERT INTO in a read-only transaction"
    );
}

#[test]
fn what_is_not_done_here_is_told_from_mistakes() {
    let mistake = |what: &str| EngineError::Mistake {
        what: what.to_owned(),
        instead: "arbitrary(a)".to_owned(),
    };
    let correlated = mistake("`ScalarSubquery` is not supported here");
    let failure = Failure::from(ServeError::from(correlated)).in_generic();
    assert_eq!(failure.code, "0A000");
    assert_eq!(failure.hint.as_deref(), Some("min(a)"));
    let other = mistake("`a` is varchar, and no condition");
    assert_eq!(Failure::from(ServeError::from(other)).code, "42804");
}
