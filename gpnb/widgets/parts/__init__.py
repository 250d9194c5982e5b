"""What panels are put together from: small front-end elements that know no astronomy."""
